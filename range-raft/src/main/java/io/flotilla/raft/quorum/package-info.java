/// Quorum arithmetic: what a set of voters, or two at once, has agreed on.
///
/// Pure functions; may use `raft.membership` and `keyspace`. Words defined here: *quorum*, *tally*
/// (the votes counted so far).
@NullMarked
package io.flotilla.raft.quorum;

import org.jspecify.annotations.NullMarked;
