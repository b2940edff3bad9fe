package io.flotilla.placement.check;

import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.RemoveLearner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// More replicas than wanted: voters go until there are as many as wanted, and learners that are
/// left over go while every voter is well, for otherwise they may be needed soon.
///
/// Of the voters go first those on dead and removed stores, then those whose stores are silent,
/// then those that lag, then those on the fullest stores; the leader last. Nothing goes while the
/// rest could not decide anything.
public final class SurplusChecker implements Checker {
  @Override
  public Finding check(ClusterView view, RangeReport range) {
    int wanted = view.policy().replicas();
    int voters = Findings.voters(range.descriptor());
    if (voters > wanted) {
      return shrink(view, range, voters - wanted);
    }
    boolean hasLearner = range.descriptor().replicas().size() > voters;
    return voters == wanted && hasLearner && isEveryVoterWell(view, range)
        ? Findings.quick(view, range, Operator.Kind.REMOVE_LEARNER, learners(range))
        : Findings.NOTHING;
  }

  private static boolean isEveryVoterWell(ClusterView view, RangeReport range) {
    return range.descriptor().replicas().stream()
        .filter(replica -> replica.kind() == ReplicaKind.VOTER)
        .allMatch(replica -> isWell(view, range, replica));
  }

  private static boolean isWell(ClusterView view, RangeReport range, ReplicaDescriptor replica) {
    return view.isWell(replica.store()) && range.isCaughtUp(replica.peer());
  }

  private static List<Step> learners(RangeReport range) {
    return range.descriptor().replicas().stream()
        .filter(replica -> replica.kind() == ReplicaKind.LEARNER)
        .<Step>map(replica -> new RemoveLearner(replica.peer()))
        .toList();
  }

  private static Finding shrink(ClusterView view, RangeReport range, int count) {
    List<ReplicaDescriptor> voters = new ArrayList<>(range.descriptor().replicas());
    voters.removeIf(replica -> replica.kind() != ReplicaKind.VOTER);
    voters.sort(
        Comparator.<ReplicaDescriptor>comparingInt(replica -> worth(view, range, replica))
            .thenComparing(
                replica -> view.store(replica.store()).map(StoreView::bytes).orElse(0L),
                Comparator.reverseOrder())
            .thenComparing(ReplicaDescriptor::peer, Comparator.reverseOrder()));
    List<ReplicaDescriptor> rest = voters.subList(count, voters.size());
    long well = rest.stream().filter(replica -> isWell(view, range, replica)).count();
    if (well <= rest.size() / 2) {
      return Findings.LATER;
    }
    List<ReplicaDescriptor> target = new ArrayList<>(range.descriptor().replicas());
    target.removeAll(voters.subList(0, count));
    return Findings.quick(
        view, range, Operator.Kind.SHRINK, List.of(new ChangeReplicas(List.copyOf(target))));
  }

  /// The least goes first.
  private static int worth(ClusterView view, RangeReport range, ReplicaDescriptor replica) {
    if (view.isGone(replica.store())) {
      return 0;
    }
    if (replica.peer().equals(range.leader())) {
      return 4;
    }
    if (!view.isWell(replica.store())) {
      return 1;
    }
    return range.isCaughtUp(replica.peer()) ? 3 : 2;
  }
}
