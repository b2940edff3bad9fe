package io.flotilla.replica;

import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Proposed;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.AppliedBatch.CommandEffect.SplitDone;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.split.SplitPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Cutting a range in two, as one replica does it: the leader proposes it and fences the range
/// until it is applied ([Leadership] says why); every replica, when it is applied, becomes the left
/// half. What the command means is in [SplitPlan].
final class SplitStep {
  private SplitStep() {}

  static void begin(
      RangeReplica replica,
      Leadership lead,
      RangeId right,
      List<PeerId> rightPeers,
      Key at,
      Consumer<AdminOutcome> onDone) {
    RangeDescriptor descriptor = replica.descriptor();
    Optional<String> objection = SplitPlan.objection(descriptor, right, rightPeers, at);
    if (objection.isPresent()) {
      onDone.accept(new AdminOutcome.Rejected(objection.get()));
      return;
    }
    SplitCommand command = SplitPlan.command(descriptor, right, rightPeers, at);
    replica.leaderSide().flush();
    Proposed proposed = replica.group().propose(CommandCodec.encode(command));
    if (proposed instanceof Proposed.Accepted(var id)) {
      lead.fence();
      Consumer<ProposalOutcome> over = outcome -> end(replica, lead, command, outcome, onDone);
      replica.proposals().add(id, List.of(over));
    } else {
      onDone.accept(new AdminOutcome.Refused(RangeAdmin.refusal(replica, proposed)));
    }
    replica.touch();
  }

  /// On every replica: the command is applied.
  static void onApplied(RangeReplica replica, SplitDone split) {
    boolean led = replica.group().role() == RoleKind.LEADER;
    if (led) {
      replica.group().startRound(); // the followers hear at once that they can split
    }
    replica.output().knowCommitted(split.index());
    replica.host().onSplit(replica, split, led); // even if this half breaks over its new descriptor
    replica.applySide().adopt(split.left());
  }

  private static void end(
      RangeReplica replica,
      Leadership lead,
      SplitCommand command,
      ProposalOutcome outcome,
      Consumer<AdminOutcome> onDone) {
    onDone.accept(RangeAdmin.outcome(outcome, List.of(command.left(), command.right())));
    replica.leaderSide().unfence(lead);
  }
}
