package io.flotilla.engine.node;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.Step;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.spi.EventLoop;
import io.flotilla.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Carries out what the placement driver wants of the ranges led here: each instruction becomes one
/// operation of the store. Confined to the reporter's loop.
///
/// Instructions are repeated until a report shows that they are done, so one that is under way is
/// not begun again, and a failure needs no more than to be told, once.
final class Instructions {
  private final Store store;
  private final EventLoop loop;
  private final Listener listener;
  private final Set<RangeId> underWay = new HashSet<>();
  private final Map<RangeId, String> failures = new TreeMap<>();

  /// Hears how each instruction ended, on the reporter's loop.
  interface Listener {
    /// @param news false: it failed, as it did before
    void ended(Instruction instruction, AdminOutcome outcome, boolean news);
  }

  Instructions(Store store, EventLoop loop, Listener listener) {
    this.store = store;
    this.loop = loop;
    this.listener = listener;
  }

  /// Begins the instruction, unless its range has one under way already.
  ///
  /// @param descriptor of the range, which this store leads
  void begin(Instruction instruction, RangeDescriptor descriptor) {
    if (descriptor.generation() != instruction.generation() || !underWay.add(instruction.range())) {
      return;
    }
    switch (instruction.step()) {
      case Step.AddLearner(var on, var peer) ->
          changeTo(
              instruction, plus(descriptor, new ReplicaDescriptor(peer, on, ReplicaKind.LEARNER)));
      case Step.RemoveLearner(var peer) -> changeTo(instruction, without(descriptor, peer));
      case Step.ChangeReplicas(var target) -> changeTo(instruction, target);
      case Step.Split split -> split(instruction, descriptor, split);
      case Step.TransferLeader(var to, _) ->
          store.transferLeader(instruction.range(), to, outcome(instruction));
      case Step.WaitForCatchUp _ -> underWay.remove(instruction.range());
    }
  }

  /// The range is not here any more.
  void forget(RangeId range) {
    failures.remove(range);
  }

  private void onOutcome(Instruction instruction, AdminOutcome outcome) {
    loop.execute(() -> ended(instruction, outcome));
  }

  private void ended(Instruction instruction, AdminOutcome outcome) {
    RangeId range = instruction.range();
    underWay.remove(range);
    boolean news = true;
    if (outcome instanceof AdminOutcome.Done) {
      failures.remove(range);
    } else {
      String failure = instruction.step() + ": " + outcome;
      news = !failure.equals(failures.put(range, failure));
    }
    listener.ended(instruction, outcome, news);
  }

  private void changeTo(Instruction instruction, List<ReplicaDescriptor> target) {
    store.changeMembership(
        instruction.range(), instruction.generation(), target, outcome(instruction));
  }

  private void split(Instruction instruction, RangeDescriptor descriptor, Step.Split split) {
    List<PeerId> rightPeers = new ArrayList<>();
    for (ReplicaDescriptor left : descriptor.replicas()) {
      Optional<ReplicaDescriptor> right =
          split.rightReplicas().stream()
              .filter(each -> each.store().equals(left.store()))
              .findFirst();
      if (right.isEmpty()) {
        String reason = "the split has no peer for store " + left.store();
        onOutcome(instruction, new AdminOutcome.Rejected(reason));
        return;
      }
      rightPeers.add(right.get().peer());
    }
    store.split(
        instruction.range(),
        instruction.generation(),
        split.right(),
        rightPeers,
        split.at(),
        outcome(instruction));
  }

  private Consumer<AdminOutcome> outcome(Instruction instruction) {
    return outcome -> onOutcome(instruction, outcome);
  }

  private static List<ReplicaDescriptor> plus(RangeDescriptor range, ReplicaDescriptor added) {
    List<ReplicaDescriptor> all = new ArrayList<>(range.replicas());
    all.add(added);
    return all;
  }

  private static List<ReplicaDescriptor> without(RangeDescriptor range, PeerId gone) {
    List<ReplicaDescriptor> rest = new ArrayList<>(range.replicas());
    rest.removeIf(replica -> replica.peer().equals(gone));
    return rest;
  }
}
