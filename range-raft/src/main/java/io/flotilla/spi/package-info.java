/// The ports: everything through which a store meets the world (event loops, clock, randomness, log
/// and state storage, snapshots, the network, the event sink).
///
/// Each contract is meant to be enough for a second implementation, and a test suite in this
/// module's test-jar (`*Contract`) runs on all of them. May use `keyspace` and the values of
/// `raft`. Words defined here: *event loop*, *lane*, *chunk*, *manifest*.
@NullMarked
package io.flotilla.spi;

import org.jspecify.annotations.NullMarked;
