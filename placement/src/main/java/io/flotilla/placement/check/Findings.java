package io.flotilla.placement.check;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// What checkers of replicas have in common.
final class Findings {
  static final Finding NOTHING = new Finding.Nothing();
  static final Finding LATER = new Finding.Later();

  private Findings() {}

  /// An operator that moves no data.
  static Finding quick(ClusterView view, RangeReport range, Operator.Kind kind, List<Step> steps) {
    return start(range, kind, steps, view.nowMillis() + view.limits().quickMillis());
  }

  /// An operator that fills replicas.
  static Finding filling(
      ClusterView view, RangeReport range, Operator.Kind kind, List<Step> steps) {
    return start(range, kind, steps, view.nowMillis() + view.limits().replicaMillis());
  }

  private static Finding start(
      RangeReport range, Operator.Kind kind, List<Step> steps, long deadlineMillis) {
    return new Finding.Start(
        new Operator(range.range(), kind, steps, range.generation(), deadlineMillis));
  }

  static int voters(RangeDescriptor descriptor) {
    List<ReplicaDescriptor> replicas = descriptor.replicas();
    int voters = 0;
    for (int i = 0; i < replicas.size(); i++) {
      voters += replicas.get(i).kind() == ReplicaKind.VOTER ? 1 : 0;
    }
    return voters;
  }

  /// These replicas, sorted by peer, with votes for some.
  static List<ReplicaDescriptor> withVotes(
      List<ReplicaDescriptor> replicas, Collection<PeerId> promoted) {
    return replicas.stream()
        .map(replica ->
            promoted.contains(replica.peer()) ? replica.withKind(ReplicaKind.VOTER) : replica)
        .sorted(Comparator.comparing(ReplicaDescriptor::peer))
        .toList();
  }
}
