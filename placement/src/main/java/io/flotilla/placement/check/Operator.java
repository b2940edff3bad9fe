package io.flotilla.placement.check;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.Split;
import io.flotilla.placement.Step.TransferLeader;
import io.flotilla.placement.Step.WaitForCatchUp;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A plan for one range: steps still to do, the first of them now.
///
/// Tied to the generation at which its first step can be carried out: when a report shows another
/// one that this step does not explain, somebody else changed the range and the plan is void.
///
/// @param generation of the range when the first of `steps` came to be the next
/// @param deadlineMillis on the placement leader's monotonic clock; after it the plan is dropped
public record Operator(
    RangeId range, Kind kind, List<Step> steps, long generation, long deadlineMillis) {
  /// What an operator is for.
  public enum Kind {
    /// Too few voters.
    GROW,
    /// Voters on dead and removed stores give way to others.
    REPLACE,
    /// Too many voters.
    SHRINK,
    /// Learners on dead and removed stores, and those that nobody needs any more.
    REMOVE_LEARNER,
    /// The leadership leaves a store that is being removed.
    EVACUATE,
    /// One store leads many more ranges than another.
    BALANCE_LEADERS,
    SPLIT_BY_SIZE,
    SPLIT_BY_COMMAND,
    TRANSFER_BY_COMMAND;

    /// True if somebody asked for it, so that the checkers will not ask again.
    public boolean isCommand() {
      return this == SPLIT_BY_COMMAND || this == TRANSFER_BY_COMMAND;
    }
  }

  public Operator {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("an operator has a step");
    }
  }

  public Step current() {
    return steps.getFirst();
  }

  /// The stores on which it has a replica yet to be filled, sorted.
  public SortedSet<StoreId> filledStores(RangeDescriptor descriptor) {
    SortedSet<StoreId> stores = new TreeSet<>();
    for (Step step : steps) {
      if (step instanceof AddLearner add) {
        stores.add(add.store());
      } else if (step instanceof WaitForCatchUp wait) {
        descriptor.replica(wait.peer()).ifPresent(replica -> stores.add(replica.store()));
      }
    }
    return stores;
  }

  /// The store that it hands the leadership to, if it does.
  Optional<StoreId> heir() {
    for (Step step : steps) {
      if (step instanceof TransferLeader move) {
        return Optional.of(move.store());
      }
    }
    return Optional.empty();
  }

  /// True if a step to come adds this peer.
  public boolean isAdding(PeerId peer) {
    return steps.stream()
        .anyMatch(step -> step instanceof AddLearner add && add.peer().equals(peer));
  }

  /// How many new peer ids it took from its view.
  public int newPeers() {
    int count = 0;
    for (Step step : steps) {
      if (step instanceof AddLearner) {
        count++;
      } else if (step instanceof Split split) {
        count += split.rightReplicas().size();
      }
    }
    return count;
  }

  /// How many new range ids it took from its view.
  public int newRanges() {
    return (int) steps.stream().filter(step -> step instanceof Split).count();
  }

  /// What the range's newest report makes of this operator.
  public Progress observe(RangeReport report, long nowMillis) {
    List<Step> left = steps;
    long from = generation;
    while (!left.isEmpty() && report.generation() >= from && left.getFirst().isDone(report)) {
      left = left.subList(1, left.size());
      from = report.generation();
    }
    if (left.isEmpty()) {
      return new Progress.Done();
    }
    if (nowMillis - deadlineMillis > 0) {
      return new Progress.Dropped("time limit");
    }
    boolean onItsWay = left.getFirst() instanceof ChangeReplicas && report.descriptor().isJoint();
    if (report.generation() > from && !onItsWay) {
      return new Progress.Dropped("superseded: range is at generation " + report.generation());
    }
    return new Progress.Going(new Operator(range, kind, left, from, deadlineMillis));
  }

  /// True if it fills a replica on a store that is dead or removed: waiting for that would hold up
  /// whatever else the range needs until the time limit is over.
  public boolean isForNothing(ClusterView view, RangeReport report) {
    return steps.stream().anyMatch(step -> fillsGone(step, view, report.descriptor()));
  }

  private static boolean fillsGone(Step step, ClusterView view, RangeDescriptor range) {
    return switch (step) {
      case AddLearner(var store, var _) -> view.isGone(store);
      case WaitForCatchUp(var peer) ->
          range.replica(peer).filter(replica -> view.isGone(replica.store())).isPresent();
      default -> false;
    };
  }

  /// How an operator stands.
  public sealed interface Progress {
    record Going(Operator operator) implements Progress {}

    record Done() implements Progress {}

    record Dropped(String reason) implements Progress {}
  }

  @Override
  public String toString() {
    return kind + ": " + steps.stream().map(Step::toString).collect(Collectors.joining("; "));
  }
}
