/// Tests of versions: each rule of a range's evaluation, with loop and replica in the test's hand.
///
/// `Bench` is one range with everything around it scripted (`FakeRange`, `ManualLoop`,
/// `ManualTimestamps`), over the simulated state of `range-raft`'s tests. Uses nothing else.
@NullMarked
package io.flotilla.engine.mvcc;

import org.jspecify.annotations.NullMarked;
