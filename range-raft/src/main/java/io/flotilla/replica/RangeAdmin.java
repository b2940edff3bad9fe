package io.flotilla.replica;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Proposed;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The steps an operator asks of a range's leader. Each is told by a class of its own ([SplitStep],
/// [MembershipStep], [TransferStep]); here is what they have in common.
///
/// Every step but a transfer names the generation it was planned for, so that of two operators for
/// one range only one succeeds. The same is checked again when the command is applied, for another
/// leader may have come between.
public final class RangeAdmin {
  /// How many entries a follower may lack that becomes a voter or the leader.
  private static final long LAG_MAX = 1_000;

  private final RangeReplica replica;

  RangeAdmin(RangeReplica replica) {
    this.replica = replica;
  }

  /// Cuts the range at `at`. Answered once that is applied here.
  public void split(
      long expectedGeneration,
      RangeId right,
      List<PeerId> rightPeers,
      Key at,
      Consumer<AdminOutcome> onDone) {
    Leadership lead = ready(expectedGeneration, onDone);
    if (lead != null) {
      SplitStep.begin(replica, lead, right, rightPeers, at, onDone);
    }
  }

  /// Gives the range the replicas `target` (voters and learners). Answered once the change is
  /// complete, joint stage included, and applied here.
  public void changeMembership(
      long expectedGeneration, List<ReplicaDescriptor> target, Consumer<AdminOutcome> onDone) {
    Leadership lead = ready(expectedGeneration, onDone);
    if (lead != null) {
      MembershipStep.begin(replica, lead, target, onDone);
    }
  }

  /// Hands the leadership to the voter on `to`. Answered once this replica leads no more.
  public void transferLeader(StoreId to, Consumer<AdminOutcome> onDone) {
    Leadership lead = replica.currentLeadership();
    if (replica.isEnded() || lead == null || !lead.isOpen()) {
      requireLeader(onDone);
    } else {
      TransferStep.begin(replica, lead, to, onDone);
    }
  }

  /// Says who leads.
  public void requireLeader(Consumer<AdminOutcome> onDone) {
    onDone.accept(new AdminOutcome.Refused(replica.notLeader()));
  }

  /// The leadership, if a step planned for `expectedGeneration` can begin now; else says why not.
  private @Nullable Leadership ready(long expectedGeneration, Consumer<AdminOutcome> onDone) {
    Leadership lead = replica.currentLeadership();
    if (replica.isEnded() || lead == null || !lead.isServing()) {
      requireLeader(onDone);
      return null;
    }
    RangeDescriptor descriptor = replica.descriptor();
    if (descriptor.generation() != expectedGeneration) {
      Refusal stale = new Refusal.StaleRange(replica.host().localDescriptors(descriptor.span()));
      onDone.accept(new AdminOutcome.Refused(stale));
      return null;
    }
    if (lead.isFenced() || lead.isChanging() || lead.transfer() != null || descriptor.isJoint()) {
      onDone.accept(new AdminOutcome.Refused(busyChanging(replica)));
      return null;
    }
    return lead;
  }

  // For the steps -------------------------------------------------------------------------------

  /// True if the follower has the log but for a little, and was heard from of late. A leader that
  /// slept knows that only of the follower's store.
  static boolean hasTheLog(RangeReplica replica, PeerId peer) {
    if (replica.host().options().leases() && !replica.slumber().isAsked(peer)) {
      return false;
    }
    for (FollowerStatus follower : replica.group().followers()) {
      if (follower.peer().equals(peer)) {
        return follower.mode() == Mode.STREAMING
            && follower.recentlyActive()
            && replica.group().committed() - follower.match() <= LAG_MAX;
      }
    }
    return false;
  }

  static Refusal busyChanging(RangeReplica replica) {
    return new Refusal.Busy("range " + replica.id() + " is being changed", 200);
  }

  /// Why the core did not take a proposal.
  static Refusal refusal(RangeReplica replica, Proposed proposed) {
    return switch (proposed) {
      case Proposed.NotLeader _ -> replica.notLeader();
      case Proposed.Busy(String limit) -> new Refusal.Busy(limit, 20);
      case Proposed.Refused(String reason) -> new Refusal.Busy(reason, 100);
      case Proposed.Accepted(var id) -> throw new IllegalStateException("accepted as " + id);
    };
  }

  static AdminOutcome outcome(ProposalOutcome outcome, List<RangeDescriptor> done) {
    return switch (outcome) {
      case ProposalOutcome.Applied _ -> new AdminOutcome.Done(done);
      case ProposalOutcome.Refused(Refusal refusal) -> new AdminOutcome.Refused(refusal);
      case ProposalOutcome.Unknown(String reason) -> new AdminOutcome.Unknown(reason);
    };
  }
}
