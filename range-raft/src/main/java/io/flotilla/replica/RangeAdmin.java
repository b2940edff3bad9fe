package io.flotilla.replica;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Proposed;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.membership.MembershipPlan;
import io.flotilla.replica.split.SplitPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The steps an operator asks of a range's leader, and how commands get into the log.
///
/// Every step names the generation it was planned for, so that of two operators for one range only
/// one succeeds. The same is checked again when the command is applied, for another leader may have
/// come between.
public final class RangeAdmin {
  /// How many entries a learner may lack when it becomes a voter.
  private static final long LEARNER_LAG_MAX = 1_000;

  private static final int TRANSFER_TIMEOUTS = 2;
  private static final int RETRY_TIMEOUTS = 4;

  private final RangeReplica replica;

  RangeAdmin(RangeReplica replica) {
    this.replica = replica;
  }

  // Split ---------------------------------------------------------------------------------------

  /// Cuts the range at `at`. Answered once that is applied here.
  public void split(
      long expectedGeneration,
      RangeId right,
      List<PeerId> rightPeers,
      Key at,
      Consumer<AdminOutcome> onDone) {
    Leadership lead = ready(expectedGeneration, onDone);
    if (lead == null) {
      return;
    }
    RangeDescriptor descriptor = replica.descriptor();
    Optional<String> objection = SplitPlan.objection(descriptor, right, rightPeers, at);
    if (objection.isPresent()) {
      onDone.accept(new AdminOutcome.Rejected(objection.get()));
      return;
    }
    SplitCommand command = SplitPlan.command(descriptor, right, rightPeers, at);
    replica.flush();
    Proposed proposed = replica.group().propose(CommandCodec.encode(command));
    if (proposed instanceof Proposed.Accepted(var id)) {
      lead.fence();
      replica.proposals().add(id, List.of(outcome -> onSplit(lead, command, outcome, onDone)));
    } else {
      onDone.accept(new AdminOutcome.Refused(refusal(proposed)));
    }
    replica.touch();
  }

  private void onSplit(
      Leadership lead,
      SplitCommand command,
      ProposalOutcome outcome,
      Consumer<AdminOutcome> onDone) {
    onDone.accept(outcome(outcome, List.of(command.left(), command.right())));
    replica.unfence(lead);
  }

  // Membership ----------------------------------------------------------------------------------

  /// Gives the range the replicas `target` (voters and learners). Answered once the change is
  /// complete, joint stage included, and applied here.
  public void changeMembership(
      long expectedGeneration, List<ReplicaDescriptor> target, Consumer<AdminOutcome> onDone) {
    Leadership lead = ready(expectedGeneration, onDone);
    if (lead == null) {
      return;
    }
    RangeDescriptor descriptor = replica.descriptor();
    Optional<String> objection = MembershipPlan.objection(descriptor, target);
    if (objection.isPresent()) {
      onDone.accept(new AdminOutcome.Rejected(objection.get()));
      return;
    }
    RangeDescriptor next = MembershipPlan.enter(descriptor, target);
    if (next.replicas().equals(descriptor.replicas())) {
      onDone.accept(new AdminOutcome.Done(List.of(descriptor)));
      return;
    }
    for (PeerId learner : MembershipPlan.promoted(descriptor, target)) {
      if (!hasTheLog(learner)) {
        String limit = "learner " + learner + " of range " + replica.id() + " is catching up";
        onDone.accept(new AdminOutcome.Refused(new Refusal.Busy(limit, 500)));
        return;
      }
    }
    lead.beginChange(onDone);
    propose(lead, next);
  }

  private boolean hasTheLog(PeerId learner) {
    for (FollowerStatus follower : replica.group().followers()) {
      if (follower.peer().equals(learner)) {
        return follower.mode() == Mode.STREAMING
            && follower.recentlyActive()
            && replica.group().committed() - follower.match() <= LEARNER_LAG_MAX;
      }
    }
    return false;
  }

  private void propose(Leadership lead, RangeDescriptor next) {
    replica.flush();
    byte[] payload = CommandCodec.encode(new MembershipCommand(next));
    Proposed proposed = replica.group().proposeMembership(payload);
    if (proposed instanceof Proposed.Accepted(var id)) {
      lead.setChangeInLog(true);
      replica.proposals().add(id, List.of(outcome -> onMembership(lead, outcome)));
    } else {
      lead.endChange(new AdminOutcome.Refused(refusal(proposed)));
    }
    replica.touch();
  }

  /// If it was applied, whoever waits is told when the descriptor is joint no more.
  private static void onMembership(Leadership lead, ProposalOutcome outcome) {
    lead.setChangeInLog(false);
    if (!(outcome instanceof ProposalOutcome.Applied)) {
      lead.endChange(outcome(outcome, List.of()));
    }
  }

  /// A leader takes its range out of the joint stage by itself, whoever brought it there.
  static void maybeLeaveJoint(RangeReplica replica, Leadership lead) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (descriptor == null
        || !descriptor.isJoint()
        || !lead.isOpen()
        || lead.isChangeInLog()
        || replica.currentLeadership() != lead) {
      return;
    }
    byte[] payload = CommandCodec.encode(new MembershipCommand(MembershipPlan.leave(descriptor)));
    replica.flush();
    if (replica.group().proposeMembership(payload) instanceof Proposed.Accepted(var id)) {
      lead.setChangeInLog(true);
      replica.proposals().add(id, List.of(outcome -> onMembership(lead, outcome)));
    }
  }

  // Transfer ------------------------------------------------------------------------------------

  /// Hands the leadership to the voter on `to`. Answered once this replica leads no more.
  public void transferLeader(StoreId to, Consumer<AdminOutcome> onDone) {
    Leadership lead = replica.currentLeadership();
    if (replica.isEnded() || lead == null || !lead.isOpen()) {
      onDone.accept(new AdminOutcome.Refused(replica.notLeader()));
      return;
    }
    RangeDescriptor descriptor = replica.descriptor();
    Optional<ReplicaDescriptor> target = descriptor.replicaOn(to);
    if (to.equals(replica.host().store())) {
      onDone.accept(new AdminOutcome.Done(List.of(descriptor)));
    } else if (target.isEmpty() || !votes(target.get().kind())) {
      String reason = "range " + replica.id() + " has no voter on store " + to;
      onDone.accept(new AdminOutcome.Rejected(reason));
    } else if (lead.transfer() != null || lead.isChanging() || descriptor.isJoint()) {
      onDone.accept(new AdminOutcome.Refused(busyChanging()));
    } else if (!hasTheLog(target.get().peer())) {
      String limit = "voter " + target.get() + " of range " + replica.id() + " lags";
      onDone.accept(new AdminOutcome.Refused(new Refusal.Busy(limit, 500)));
    } else {
      begin(lead, target.get(), onDone);
    }
  }

  private void begin(Leadership lead, ReplicaDescriptor to, Consumer<AdminOutcome> onDone) {
    replica.flush();
    lead.lease().endForHandOver();
    if (replica.group().transferTo(to.peer())) {
      int timeout = TRANSFER_TIMEOUTS * replica.host().options().raft().electionTicks();
      int deadline = replica.ticks() + timeout;
      lead.beginTransfer(new Leadership.Transfer(to.store(), deadline, onDone));
    } else {
      onDone.accept(new AdminOutcome.Refused(busyChanging()));
    }
    replica.touch();
  }

  static void checkTransfer(RangeReplica replica, Leadership lead) {
    Leadership.Transfer transfer = lead.transfer();
    if (transfer != null && replica.ticks() - transfer.deadlineTick() > 0) {
      String limit = "store " + transfer.to() + " did not take over range " + replica.id();
      lead.endTransfer(new AdminOutcome.Refused(new Refusal.Busy(limit, 1_000)));
    }
    int electionTicks = replica.host().options().raft().electionTicks();
    if (lead.lease().isHandedOver()
        && lead.transfer() == null
        && replica.ticks() % (RETRY_TIMEOUTS * electionTicks) == 0) {
      new RangeAdmin(replica).handOverToAnybody(lead);
    }
  }

  /// Hands over to whoever can take it. A leadership that failed to hand over has no lease any more:
  /// it goes on trying, so that reads need no quorum for ever.
  void handOverToAnybody(Leadership lead) {
    RangeDescriptor descriptor = replica.descriptor();
    if (!lead.isOpen() || lead.isChanging() || lead.transfer() != null || descriptor.isJoint()) {
      return;
    }
    for (ReplicaDescriptor each : descriptor.replicas()) {
      if (votes(each.kind()) && hasTheLog(each.peer())) {
        begin(lead, each, _ -> {});
        return;
      }
    }
  }

  private static boolean votes(ReplicaKind kind) {
    return kind == ReplicaKind.VOTER;
  }

  // Shared --------------------------------------------------------------------------------------

  /// Proposes the writes of a turn; null if they are in the log now.
  static @Nullable Refusal propose(RangeReplica replica, WriteStage.Batch batch) {
    byte[] payload = CommandCodec.encode(new WriteCommand(batch.writes()));
    Proposed proposed = replica.group().propose(payload);
    if (proposed instanceof Proposed.Accepted(var id)) {
      replica.proposals().add(id, batch.outcomes());
      return null;
    }
    return new RangeAdmin(replica).refusal(proposed);
  }

  /// Says who leads.
  public void requireLeader(Consumer<AdminOutcome> onDone) {
    onDone.accept(new AdminOutcome.Refused(replica.notLeader()));
  }

  /// The leadership, if a step planned for `expectedGeneration` can begin now; else says why not.
  private @Nullable Leadership ready(long expectedGeneration, Consumer<AdminOutcome> onDone) {
    Leadership lead = replica.currentLeadership();
    if (replica.isEnded() || lead == null || !lead.isServing()) {
      onDone.accept(new AdminOutcome.Refused(replica.notLeader()));
      return null;
    }
    RangeDescriptor descriptor = replica.descriptor();
    if (descriptor.generation() != expectedGeneration) {
      Refusal stale = new Refusal.StaleRange(replica.host().localDescriptors(descriptor.span()));
      onDone.accept(new AdminOutcome.Refused(stale));
      return null;
    }
    if (lead.isFenced() || lead.isChanging() || lead.transfer() != null || descriptor.isJoint()) {
      onDone.accept(new AdminOutcome.Refused(busyChanging()));
      return null;
    }
    return lead;
  }

  private Refusal busyChanging() {
    return new Refusal.Busy("range " + replica.id() + " is being changed", 200);
  }

  private Refusal refusal(Proposed proposed) {
    return switch (proposed) {
      case Proposed.NotLeader _ -> replica.notLeader();
      case Proposed.Busy(String limit) -> new Refusal.Busy(limit, 20);
      case Proposed.Refused(String reason) -> new Refusal.Busy(reason, 100);
      case Proposed.Accepted(var id) -> throw new IllegalStateException("accepted as " + id);
    };
  }

  private static AdminOutcome outcome(ProposalOutcome outcome, List<RangeDescriptor> done) {
    return switch (outcome) {
      case ProposalOutcome.Applied _ -> new AdminOutcome.Done(done);
      case ProposalOutcome.Refused(Refusal refusal) -> new AdminOutcome.Refused(refusal);
      case ProposalOutcome.Unknown(String reason) -> new AdminOutcome.Unknown(reason);
    };
  }
}
