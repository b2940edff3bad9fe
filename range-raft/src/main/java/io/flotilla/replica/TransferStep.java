package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftGroup.HandOver;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Handing the leadership of a range to another voter.
final class TransferStep {
  /*
   * Voters ignore their promises for a candidate whom the leader told to campaign, and that message
   * may reach the candidate at any later moment. So the lease ends before the message is made, and
   * the term in which it was sent has no lease any more. If the target does not take over within an
   * election timeout, the leader asks to be elected for the next term at once, with the word that
   * makes voters ignore what they promised to itself: it has no lease to protect. When it has won,
   * it proves a lease as every leader does, and that one is sound:
   *
   * - A target that hears the late message in the old term asks for votes of the very term that was
   *   won, in which a quorum has voted already; and in that term or a later one the message is
   *   void.
   * - Nobody else asks for votes "by transfer" in a later term, unless its leader, who has ended
   *   its lease first, says so.
   *
   * The price is a short pause, in which requests are refused with "not the leader". Another voter
   * may win meanwhile, which is as good. If the message was never sent, because the target did not
   * catch up in time, the leader simply goes on, with a lease from the next round.
   */

  private TransferStep() {}

  static void begin(
      RangeReplica replica, Leadership lead, StoreId to, Consumer<AdminOutcome> onDone) {
    RangeDescriptor descriptor = replica.descriptor();
    Optional<ReplicaDescriptor> target = descriptor.replicaOn(to);
    if (to.equals(replica.host().store())) {
      onDone.accept(new AdminOutcome.Done(List.of(descriptor)));
    } else if (target.isEmpty() || target.get().kind() != ReplicaKind.VOTER) {
      String reason = "range " + replica.id() + " has no voter on store " + to;
      onDone.accept(new AdminOutcome.Rejected(reason));
    } else if (lead.transfer() != null || lead.isChanging() || descriptor.isJoint()) {
      onDone.accept(new AdminOutcome.Refused(RangeAdmin.busyChanging(replica)));
    } else if (!RangeAdmin.hasTheLog(replica, target.get().peer())) {
      String limit = "voter " + target.get() + " of range " + replica.id() + " lags or is silent";
      onDone.accept(new AdminOutcome.Refused(new Refusal.Busy(limit, 500)));
    } else {
      handOver(replica, lead, target.get(), onDone);
    }
  }

  private static void handOver(
      RangeReplica replica, Leadership lead, ReplicaDescriptor to, Consumer<AdminOutcome> onDone) {
    replica.leaderSide().flush();
    lead.lease().end();
    if (replica.group().transferTo(to.peer())) {
      lead.beginTransfer(new Leadership.Transfer(to.store(), onDone));
    } else {
      onDone.accept(new AdminOutcome.Refused(RangeAdmin.busyChanging(replica)));
    }
    replica.touch();
  }

  /// Every so often a leader on a store that should lead nothing tries to hand over.
  static void handAway(RangeReplica replica, int tick) {
    Leadership lead = replica.currentLeadership();
    int every = 2 * replica.host().options().raft().electionTicks();
    boolean isDue = (tick + replica.id().value()) % every == 0;
    if (lead != null && lead.isOpen() && lead.transfer() == null && isDue) {
      handOverToAnybody(replica, lead);
    }
  }

  /// Hands over to whichever voter can take it.
  static void handOverToAnybody(RangeReplica replica, Leadership lead) {
    RangeDescriptor descriptor = replica.descriptor();
    if (lead.transfer() != null || lead.isChanging() || descriptor.isJoint()) {
      return;
    }
    for (ReplicaDescriptor each : descriptor.replicas()) {
      boolean isOther = !each.store().equals(replica.host().store());
      if (isOther
          && each.kind() == ReplicaKind.VOTER
          && RangeAdmin.hasTheLog(replica, each.peer())) {
        handOver(replica, lead, each, _ -> {});
        return;
      }
    }
  }

  /// A tick of a leader. If the hand-over succeeds, whoever waits hears of it when the leadership
  /// ends.
  static void onTick(RangeReplica replica, Leadership lead) {
    HandOver handOver = replica.group().handOver();
    if (replica.currentLeadership() != lead || handOver == HandOver.UNDER_WAY) {
      return;
    }
    Leadership.Transfer transfer = lead.transfer();
    if (transfer != null) {
      String limit = "store " + transfer.to() + " did not take over range " + replica.id();
      lead.endTransfer(new AdminOutcome.Refused(new Refusal.Busy(limit, 1_000)));
    }
    if (handOver == HandOver.FAILED && replica.host().options().leases()) {
      replica.group().leadAnew();
    }
  }
}
