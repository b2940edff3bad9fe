/// The multi in multi-Raft: all replicas of a store on a few single-threaded loops, one log writer
/// with one fsync for all of them, and one applier.
///
/// Nothing here waits, and nothing here is shared between threads: stages hand each other values
/// through `spi.EventLoop`. May use all of range-raft. Words defined here: *turn*, *stage*, *log
/// writer*, *applier*.
@NullMarked
package io.flotilla.store;

import org.jspecify.annotations.NullMarked;
