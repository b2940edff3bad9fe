package io.flotilla.placement.check;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A range over the policy's size is cut in the middle. The placement group never is.
///
/// Only a size that was measured of the range as it is now counts: after a split, what was measured
/// of the whole would have the halves cut again and again until somebody measures them.
public final class RangeSizeChecker implements Checker {
  @Override
  public Finding check(ClusterView view, RangeReport range) {
    boolean large =
        range.size().isOf(range.descriptor()) && range.bytes() > view.policy().rangeBytesMax();
    if (!large || range.descriptor().isPlacement()) {
      return Findings.NOTHING;
    }
    Optional<Operator> split = split(view, range, Operator.Kind.SPLIT_BY_SIZE, null);
    return split.isPresent() ? new Finding.Start(split.get()) : Findings.LATER;
  }

  /// The operator that cuts a range, empty while there are no ids for the right half.
  ///
  /// @param at the right half's first key, null: in the middle by size
  public static Optional<Operator> split(
      ClusterView view, RangeReport range, Operator.Kind kind, @Nullable Key at) {
    List<ReplicaDescriptor> replicas = range.descriptor().replicas();
    if (view.rangesLeft() < 1 || view.peersLeft() < replicas.size()) {
      return Optional.empty();
    }
    List<ReplicaDescriptor> right = new ArrayList<>(replicas.size());
    for (ReplicaDescriptor replica : replicas) {
      right.add(
          new ReplicaDescriptor(view.freePeer(right.size()), replica.store(), replica.kind()));
    }
    Split step = new Split(range.descriptor().span(), view.freeRange(), right, at);
    long deadline = view.nowMillis() + view.limits().quickMillis();
    return Optional.of(
        new Operator(range.range(), kind, List.of(step), range.generation(), deadline));
  }
}
