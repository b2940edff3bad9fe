package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RoleKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one replica is, for reports and for people.
///
/// @param descriptor null: a new replica that waits for its first snapshot
/// @param leader the leader's store as far as known
/// @param serving true on a leader that takes requests
/// @param lease true on a leader that may read without asking
/// @param asleep true if it does not tick: nobody needs it, and the stores vouch for its leader
/// @param size of the data that the range holds here; measured in the background
/// @param logBytes about how much log it holds here
/// @param followers on a leader, what it knows of each other peer
/// @param broken what is wrong with a replica that was set aside: it takes part no more until its
///   store restarts or it is replaced, and role and term are those of that moment; null: nothing
/// @param dropped messages that came to it since then
public record ReplicaStatus(
    RangeId range,
    PeerId peer,
    @Nullable RangeDescriptor descriptor,
    RoleKind role,
    long term,
    @Nullable StoreId leader,
    long committed,
    long applied,
    boolean serving,
    boolean lease,
    boolean asleep,
    RangeSize size,
    long logBytes,
    List<FollowerStatus> followers,
    @Nullable String broken,
    long dropped) {

  static ReplicaStatus of(RangeReplica replica) {
    RaftGroup group = replica.group();
    Leadership lead = replica.currentLeadership();
    return new ReplicaStatus(
        replica.id(),
        replica.peer(),
        replica.descriptorOrNull(),
        group.role(),
        group.term(),
        replica.leaderStore(),
        group.committed(),
        replica.applied().index(),
        lead != null && lead.isServing(),
        replica.leaderSide().leaseHolds(),
        replica.isAsleep(),
        replica.size(),
        replica.log().bytes(),
        group.followers(),
        replica.broken(),
        replica.dropped());
  }
}
