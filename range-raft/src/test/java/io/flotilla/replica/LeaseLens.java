package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.PromiseLens;
import io.flotilla.raft.membership.Membership;
import java.util.ArrayList;
import java.util.List;

/// Looks into what a replica's lease rests on, and changes nothing.
public final class LeaseLens {
  private LeaseLens() {}

  /// True if it would answer a read by its lease now.
  public static boolean leaseHolds(RangeReplica replica) {
    return replica.leaderSide().leaseHolds();
  }

  public static Membership membership(RangeReplica replica) {
    return replica.group().membership();
  }

  /// True if the replica might help another leader than its own to be elected now.
  public static boolean mayVote(RangeReplica replica) {
    return PromiseLens.mayVote(replica.group());
  }

  /// Those on whose stores a sleeping leader counts.
  public static List<PeerId> counted(RangeReplica leader) {
    long nanos = leader.host().nanos();
    List<PeerId> counted = new ArrayList<>();
    if (leader.slumber().leaseHolds(nanos)) {
      for (PeerId voter : membership(leader).voters()) {
        if (!voter.equals(leader.peer()) && leader.slumber().nanosOf(voter, nanos) > 0) {
          counted.add(voter);
        }
      }
    }
    return counted;
  }
}
