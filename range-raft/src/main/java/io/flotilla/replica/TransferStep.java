package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Handing the leadership of a range to another voter.
final class TransferStep {
  private static final int TIMEOUTS = 2;
  private static final int RETRY_TIMEOUTS = 4;

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
      String limit = "voter " + target.get() + " of range " + replica.id() + " lags";
      onDone.accept(new AdminOutcome.Refused(new Refusal.Busy(limit, 500)));
    } else {
      handOver(replica, lead, target.get(), onDone);
    }
  }

  private static void handOver(
      RangeReplica replica, Leadership lead, ReplicaDescriptor to, Consumer<AdminOutcome> onDone) {
    replica.leaderSide().flush();
    lead.lease().endForHandOver();
    if (replica.group().transferTo(to.peer())) {
      int timeout = TIMEOUTS * replica.host().options().raft().electionTicks();
      int deadline = replica.ticks() + timeout;
      lead.beginTransfer(new Leadership.Transfer(to.store(), deadline, onDone));
    } else {
      onDone.accept(new AdminOutcome.Refused(RangeAdmin.busyChanging(replica)));
    }
    replica.touch();
  }

  /// A tick of a leader.
  static void onTick(RangeReplica replica, Leadership lead) {
    Leadership.Transfer transfer = lead.transfer();
    if (transfer != null && replica.ticks() - transfer.deadlineTick() > 0) {
      String limit = "store " + transfer.to() + " did not take over range " + replica.id();
      lead.endTransfer(new AdminOutcome.Refused(new Refusal.Busy(limit, 1_000)));
    }
    int electionTicks = replica.host().options().raft().electionTicks();
    if (lead.lease().isHandedOver()
        && lead.transfer() == null
        && replica.ticks() % (RETRY_TIMEOUTS * electionTicks) == 0) {
      handOverToAnybody(replica, lead);
    }
  }

  /// Hands over to whoever can take it. A leadership that failed to hand over has no lease any
  /// more: it goes on trying, so that reads need no quorum for ever.
  static void handOverToAnybody(RangeReplica replica, Leadership lead) {
    RangeDescriptor descriptor = replica.descriptor();
    if (!lead.isOpen() || lead.isChanging() || lead.transfer() != null || descriptor.isJoint()) {
      return;
    }
    for (ReplicaDescriptor each : descriptor.replicas()) {
      if (each.kind() == ReplicaKind.VOTER && RangeAdmin.hasTheLog(replica, each.peer())) {
        handOver(replica, lead, each, _ -> {});
        return;
      }
    }
  }
}
