package io.flotilla.replica;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.raft.Proposed;
import io.flotilla.raft.RoleKind;
import io.flotilla.raft.membership.Membership;
import io.flotilla.replica.AppliedBatch.CommandEffect.MembershipDone;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.membership.MembershipPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Changing who has a copy of a range, as one replica does it: the leader proposes the first stage,
/// every replica takes it over when it is applied, and whoever leads then proposes to leave the
/// joint stage. What the stages are is in [MembershipPlan].
final class MembershipStep {
  private MembershipStep() {}

  static void begin(
      RangeReplica replica,
      Leadership lead,
      List<ReplicaDescriptor> target,
      Consumer<AdminOutcome> onDone) {
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
      if (!RangeAdmin.hasTheLog(replica, learner)) {
        String limit = "learner " + learner + " of range " + replica.id() + " is catching up";
        onDone.accept(new AdminOutcome.Refused(new Refusal.Busy(limit, 500)));
        return;
      }
    }
    lead.beginChange(onDone);
    Proposed proposed = propose(replica, lead, next);
    if (!(proposed instanceof Proposed.Accepted)) {
      lead.endChange(new AdminOutcome.Refused(RangeAdmin.refusal(replica, proposed)));
    }
    replica.touch();
  }

  private static Proposed propose(RangeReplica replica, Leadership lead, RangeDescriptor next) {
    replica.leaderSide().flush();
    byte[] payload = CommandCodec.encode(new MembershipCommand(next));
    Proposed proposed = replica.group().proposeMembership(payload);
    if (proposed instanceof Proposed.Accepted(var id)) {
      lead.setChangeInLog(true);
      replica.proposals().add(id, List.of(outcome -> onOutcome(lead, outcome)));
    }
    return proposed;
  }

  /// If it was applied, whoever waits is told when the descriptor is joint no more.
  private static void onOutcome(Leadership lead, ProposalOutcome outcome) {
    lead.setChangeInLog(false);
    if (!(outcome instanceof ProposalOutcome.Applied)) {
      lead.endChange(RangeAdmin.outcome(outcome, List.of()));
    }
  }

  /// On every replica: a stage is applied.
  static void onApplied(RangeReplica replica, MembershipDone change) {
    RangeDescriptor changed = change.descriptor();
    tellCommitted(replica);
    replica.group().membershipApplied(change.index(), Membership.of(changed));
    replica.applySide().adopt(changed);
    replica.leaderSide().onMembership(changed);
  }

  /// Whoever the change removes hears no more of this leader: it should know of the commit by then.
  private static void tellCommitted(RangeReplica replica) {
    if (replica.group().role() == RoleKind.LEADER) {
      replica.group().startRound();
      replica.sayNow();
    }
  }

  /// A leader takes its range out of the joint stage by itself, whoever brought it there.
  static void maybeLeaveJoint(RangeReplica replica, Leadership lead) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (descriptor != null
        && descriptor.isJoint()
        && lead.isOpen()
        && !lead.isChangeInLog()
        && replica.currentLeadership() == lead) {
      propose(replica, lead, MembershipPlan.leave(descriptor));
    }
  }
}
