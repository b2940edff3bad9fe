/// Tests of versions: each rule of a range's evaluation alone, on a loop and a replica in the
/// test's hand.
@NullMarked
package io.flotilla.engine.mvcc;

import org.jspecify.annotations.NullMarked;
