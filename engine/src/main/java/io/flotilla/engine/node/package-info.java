/// Wiring a node: one process with an address and one store.
@NullMarked
package io.flotilla.engine.node;

import org.jspecify.annotations.NullMarked;
