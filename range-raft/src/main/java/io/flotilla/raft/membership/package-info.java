/// Who takes part in a group: voters, learners, and the two quorums of a joint configuration.
///
/// Pure values and functions; may use `keyspace` only. Words defined here: *membership*, *joint*,
/// *incoming* and *outgoing* configuration.
@NullMarked
package io.flotilla.raft.membership;

import org.jspecify.annotations.NullMarked;
