package io.flotilla.placement.directory;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.RemoveLearner;
import io.flotilla.placement.Step.Split;
import io.flotilla.placement.Step.TransferLeader;
import io.flotilla.placement.Step.WaitForCatchUp;
import io.flotilla.placement.directory.ToyFleet.ToyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What steps do to a toy range.
final class ToySteps {
  private ToySteps() {}

  /// Returns the ranges that are new.
  static TreeMap<RangeId, ToyRange> perform(ToyRange range, Step step) {
    TreeMap<RangeId, ToyRange> created = new TreeMap<>();
    List<ReplicaDescriptor> replicas = new ArrayList<>(range.descriptor.replicas());
    switch (step) {
      case AddLearner(var store, var peer) -> {
        replicas.add(new ReplicaDescriptor(peer, store, ReplicaKind.LEARNER));
        range.descriptor = range.descriptor.withReplicas(replicas);
      }
      case WaitForCatchUp _ -> throw new IllegalArgumentException("nothing to do: " + step);
      case ChangeReplicas(var target) -> {
        // In and out of the joint stage within one report's time.
        RangeDescriptor joint = range.descriptor.withReplicas(target);
        range.descriptor = joint.withReplicas(target);
      }
      case RemoveLearner(var peer) -> {
        replicas.removeIf(replica -> replica.peer().equals(peer));
        range.descriptor = range.descriptor.withReplicas(replicas);
      }
      case Split split -> {
        Key at = split.at() == null ? middle(split.whole()) : split.at();
        if (range.descriptor.span().canSplitAt(at)) {
          created.put(split.right(), split(range, split, at));
        }
      }
      case TransferLeader(var store, _) -> {
        range.leader = store;
        range.term++;
      }
    }
    return created;
  }

  private static ToyRange split(ToyRange range, Split split, Key at) {
    KeySpan whole = range.descriptor.span();
    long generation = range.descriptor.generation() + 1;
    ToyRange right =
        new ToyRange(
            new RangeDescriptor(
                split.right(), new KeySpan(at, whole.end()), generation, split.rightReplicas()),
            range.leader);
    range.descriptor = range.descriptor.withSpan(new KeySpan(whole.start(), at));
    range.bytes /= 2;
    right.bytes = range.bytes;
    right.indivisible = range.indivisible;
    return right;
  }

  /// Halfway between the first bytes, the ends being "a" and "z" where there are none.
  private static Key middle(KeySpan span) {
    int low = span.start().isEmpty() ? 'a' : span.start().bytes()[0];
    int high = span.isUnbounded() ? 'z' : span.end().bytes()[0];
    return Key.of(new byte[] {(byte) ((low + high) / 2)});
  }
}
