package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.AppliedBatch.CommandEffect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The part of a replica that deals with its state: gives committed entries to the applier, and
/// does what they turn out to mean when they are applied. Keeps the applied entry, the descriptor
/// as of it, and the machine on top of it.
final class ApplySide {
  private final RangeReplica replica;
  private final ReplicaHost host;
  private long appliedTerm;
  private long appliedIndex;
  private long handedOut;
  private boolean leaving;
  private boolean applying;
  private @Nullable RangeDescriptor descriptor;
  private @Nullable RangeMachine machine;
  private RangeMachine.@Nullable Factory machines;

  ApplySide(RangeReplica replica, ReplicaHost host, ReplicaStart start) {
    this.replica = replica;
    this.host = host;
    setApplied(start.applied());
    this.handedOut = start.applied().index();
    this.descriptor = start.descriptor();
  }

  /// Makes the machine, once there is state.
  void open(RangeMachine.Factory newMachines) {
    machines = newMachines;
    machine();
  }

  /// A machine that remembers nothing can be made anew, and one that does rests as well.
  void rest() {
    if (machine != null && machine.isDisposable()) {
      machine = null;
    } else if (machine != null) {
      machine.rest();
    }
  }

  EntryId applied() {
    return new EntryId(appliedTerm, appliedIndex);
  }

  private void setApplied(EntryId last) {
    appliedTerm = last.term();
    appliedIndex = last.index();
  }

  /// As of the applied entry; null: there is no state yet.
  @Nullable RangeDescriptor descriptor() {
    return descriptor;
  }

  /// Null: there is no state yet.
  @Nullable RangeMachine machine() {
    if (machine == null && descriptor != null && machines != null && !replica.isEnded()) {
      machine = machines.create(replica.id(), new ReplicaAccess(replica, host));
    }
    return machine;
  }

  /// True if the descriptor has no place for this replica any more.
  boolean isLeaving() {
    return leaving;
  }

  /// True if nothing is with the applier.
  boolean isIdle() {
    return handedOut == appliedIndex;
  }

  /// True if nothing is known to be in the state that was not worked off here to its end.
  boolean isSettled() {
    return isIdle() && !applying;
  }

  /// These entries are committed and durable here.
  void handOut(List<Entry> entries) {
    long first = entries.getFirst().index();
    Invariant.check(first == handedOut + 1, "entries are applied in order", first, handedOut + 1);
    Invariant.check(!replica.isInstalling(), "nothing is applied while a snapshot is installed");
    handedOut = entries.getLast().index();
    replica.proposals().onCommitted(entries, replica.notLeader());
    host.apply(replica, entries);
  }

  /// The state has them.
  void onApplied(AppliedBatch batch) {
    Invariant.check(
        batch.last().index() > appliedIndex,
        "applied never moves back",
        batch.last().index(),
        appliedIndex);
    applying = true; // and so it stays if something of this throws
    setApplied(batch.last());
    List<Long> voided = new ArrayList<>();
    for (CommandEffect effect : batch.effects()) {
      perform(effect, voided);
    }
    replica.group().applied(appliedIndex);
    if (machine != null) {
      machine.onApplied(appliedIndex);
    }
    replica.proposals().onApplied(appliedIndex, voided, stale());
    replica.barriers().onApplied(appliedIndex);
    replica.leaderSide().openIfReady();
    applying = false;
  }

  private void perform(CommandEffect effect, List<Long> voided) {
    switch (effect) {
      case CommandEffect.SplitDone split -> SplitStep.onApplied(replica, split);
      case CommandEffect.MembershipDone change -> {
        MembershipStep.onApplied(replica, change);
        leaving = change.descriptor().replica(replica.peer()).isEmpty();
      }
      case CommandEffect.Skipped(long index, boolean membership) -> {
        voided.add(index);
        if (membership) {
          replica.group().membershipApplied(index, replica.group().membership());
        }
      }
    }
  }

  /// The snapshot of Ready `readyNumber` took the place of log and state.
  void onInstalled(
      RangeDescriptor newDescriptor,
      EntryId last,
      long readyNumber,
      RangeMachine.Factory newMachines) {
    setApplied(last);
    handedOut = last.index();
    replica.proposals().giveUpAll("a snapshot took the place of the log");
    adopt(newDescriptor);
    leaving = newDescriptor.replica(replica.peer()).isEmpty();
    replica.group().persisted(readyNumber);
    if (replica.group().applied() < last.index()) {
      replica.group().applied(last.index());
    }
    open(newMachines);
    if (machine != null) {
      machine.onApplied(last.index());
    }
    replica.barriers().onApplied(last.index());
  }

  /// The range looks like this now.
  void adopt(RangeDescriptor changed) {
    descriptor = changed;
    if (machine != null) {
      machine.onDescriptor(changed);
    }
    host.onDescriptor(replica);
  }

  /// The replica is at its end.
  void end() {
    if (machine != null) {
      machine.onRemoved();
    }
  }

  private Refusal stale() {
    return descriptor == null
        ? new Refusal.NoReplica(replica.id())
        : new Refusal.StaleRange(List.of(descriptor));
  }
}
