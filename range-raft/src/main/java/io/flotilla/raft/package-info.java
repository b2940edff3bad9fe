/// The consensus core: a deterministic machine of one Raft group.
///
/// Inputs go in ([RaftGroup]), one [Ready] comes out; nothing here writes, sends, sleeps, logs or
/// asks what time it is. It may use `keyspace` only. Words defined here: *term*, *index*, *entry*,
/// *ready*, *hard state*, *role*, *round* (one numbered wave of beats that proves leadership to a
/// quorum).
@NullMarked
package io.flotilla.raft;

import org.jspecify.annotations.NullMarked;
