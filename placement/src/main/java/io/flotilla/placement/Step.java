package io.flotilla.placement;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One observable part of an operator. What a step did is seen in the range's next report, never
/// assumed.
public sealed interface Step {
  /// True if the report shows that this step has nothing left to do.
  boolean isDone(RangeReport report);

  /// A new replica without a vote, filled by log or snapshot.
  record AddLearner(StoreId store, PeerId peer) implements Step {
    @Override
    public boolean isDone(RangeReport report) {
      return report.descriptor().replica(peer).isPresent();
    }

    @Override
    public String toString() {
      return "add learner " + peer + "@" + store;
    }
  }

  /// Nothing to do for the range's leader: the driver waits until this peer has the log.
  record WaitForCatchUp(PeerId peer) implements Step {
    @Override
    public boolean isDone(RangeReport report) {
      return report.isCaughtUp(peer);
    }

    @Override
    public String toString() {
      return "wait for " + peer;
    }
  }

  /// From the present replicas to exactly these, in one joint change: who is no voter yet comes in,
  /// who is not in the list goes out.
  ///
  /// @param target voters and learners alone, sorted by peer
  record ChangeReplicas(List<ReplicaDescriptor> target) implements Step {
    public ChangeReplicas {
      target = List.copyOf(target);
    }

    @Override
    public boolean isDone(RangeReport report) {
      return report.descriptor().replicas().equals(target);
    }

    @Override
    public String toString() {
      return "change replicas to " + target;
    }
  }

  /// Takes a learner away (a voter goes by [ChangeReplicas]).
  record RemoveLearner(PeerId peer) implements Step {
    @Override
    public boolean isDone(RangeReport report) {
      return report.descriptor().replica(peer).isEmpty();
    }

    @Override
    public String toString() {
      return "remove learner " + peer;
    }
  }

  /// Cuts the range in two. Both halves get the generation after the one they came from.
  ///
  /// @param whole the span before
  /// @param right the new range's id
  /// @param rightReplicas the present replicas under their new peers' names
  /// @param at the right half's first key, null: in the middle by size
  record Split(
      KeySpan whole, RangeId right, List<ReplicaDescriptor> rightReplicas, @Nullable Key at)
      implements Step {
    public Split {
      rightReplicas = List.copyOf(rightReplicas);
    }

    @Override
    public boolean isDone(RangeReport report) {
      return !report.descriptor().span().equals(whole);
    }

    @Override
    public String toString() {
      return "split off range " + right + (at == null ? " in the middle" : " at " + at);
    }
  }

  /// Hands the leadership to a voter.
  record TransferLeader(StoreId store, PeerId peer) implements Step {
    @Override
    public boolean isDone(RangeReport report) {
      return report.leader().equals(peer);
    }

    @Override
    public String toString() {
      return "transfer leader to " + peer + "@" + store;
    }
  }
}
