/// Quorum arithmetic: what a set of voters, or two at once, has agreed on. Pure functions over
/// `raft.membership` and `keyspace`.
@NullMarked
package io.flotilla.raft.quorum;

import org.jspecify.annotations.NullMarked;
