package io.flotilla.placement.check;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.WaitForCatchUp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Too few replicas: fills learners, then makes all of them voters in one joint change.
///
/// The number of voters goes from odd to odd. A fleet of two stores keeps one voter and one learner
/// for each range: two voters would survive no failure either, and stop when *either* store does.
/// The learner has the data already, so that the third store's arrival needs one more snapshot and
/// one change.
public final class ReplicaCountChecker implements Checker {
  @Override
  public Finding check(ClusterView view, RangeReport range) {
    if (Findings.voters(range.descriptor()) >= view.policy().replicas()) {
      return Findings.NOTHING;
    }
    int missing = view.policy().replicas() - range.descriptor().replicas().size();
    Places places = missing > 0 ? Places.find(view, range, missing) : Places.NONE;
    List<Step> steps = growth(view, range, places.stores());
    if (steps.isEmpty()) {
      return places.busy() ? Findings.LATER : Findings.NOTHING;
    }
    return Findings.filling(view, range, Operator.Kind.GROW, steps);
  }

  private static List<Step> growth(ClusterView view, RangeReport range, List<StoreId> places) {
    List<Step> steps = new ArrayList<>();
    List<ReplicaDescriptor> reached = new ArrayList<>(range.descriptor().replicas());
    SortedSet<PeerId> added = new TreeSet<>();
    for (StoreId store : places) {
      PeerId peer = view.freePeer(added.size());
      steps.add(new AddLearner(store, peer));
      reached.add(new ReplicaDescriptor(peer, store, ReplicaKind.LEARNER));
      added.add(peer);
    }
    reached.sort(Comparator.comparing(ReplicaDescriptor::peer));
    SortedSet<PeerId> promoted = promoted(view, reached);
    SortedSet<PeerId> filled = new TreeSet<>(added);
    filled.addAll(promoted);
    filled.forEach(peer -> steps.add(new WaitForCatchUp(peer)));
    if (!promoted.isEmpty()) {
      steps.add(new ChangeReplicas(Findings.withVotes(reached, promoted)));
    }
    return steps;
  }

  /// The learners on live stores, the oldest first, that bring the voters to the next odd number.
  private static SortedSet<PeerId> promoted(ClusterView view, List<ReplicaDescriptor> reached) {
    List<PeerId> learners = new ArrayList<>();
    int voters = 0;
    for (ReplicaDescriptor replica : reached) {
      if (replica.kind() == ReplicaKind.VOTER) {
        voters++;
      } else if (view.isWell(replica.store())) {
        learners.add(replica.peer());
      }
    }
    int next = oddAtMost(Math.min(view.policy().replicas(), voters + learners.size()));
    return new TreeSet<>(learners.subList(0, Math.max(0, next - voters)));
  }

  /// The greatest odd number that is not above `count`; at least 1.
  private static int oddAtMost(int count) {
    return Math.max(1, count - 1 + count % 2);
  }
}
