package io.flotilla.placement.check;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.RemoveLearner;
import io.flotilla.placement.Step.TransferLeader;
import io.flotilla.placement.Step.WaitForCatchUp;
import java.util.ArrayList;
import java.util.List;

/// Replicas on dead and removed stores give way to others: learners at once, voters when there is
/// another store for each, by a filled learner and one joint change.
///
/// The number of voters stays what it is, so a range never has fewer than before. Where there is no
/// place for a new replica, the old one stays a voter: it may come back, and to vote it out would
/// leave the range with fewer copies that count.
public final class GoneStoreChecker implements Checker {
  @Override
  public Finding check(ClusterView view, RangeReport range) {
    if (!hasGone(view, range)) {
      return Findings.NOTHING;
    }
    List<ReplicaDescriptor> gone =
        range.descriptor().replicas().stream()
            .filter(replica -> view.isGone(replica.store()))
            .toList();
    List<Step> learners =
        gone.stream()
            .filter(replica -> replica.kind() == ReplicaKind.LEARNER)
            .<Step>map(replica -> new RemoveLearner(replica.peer()))
            .toList();
    if (!learners.isEmpty()) {
      return Findings.quick(view, range, Operator.Kind.REMOVE_LEARNER, learners);
    }
    if (gone.stream().anyMatch(replica -> replica.peer().equals(range.leader()))) {
      for (ReplicaDescriptor heir : range.descriptor().replicas()) {
        if (isGoodLeader(view, range, heir)) {
          Step step = new TransferLeader(heir.store(), heir.peer());
          return Findings.quick(view, range, Operator.Kind.EVACUATE, List.of(step));
        }
      }
    }
    return replace(view, range, gone);
  }

  private static boolean hasGone(ClusterView view, RangeReport range) {
    List<ReplicaDescriptor> replicas = range.descriptor().replicas();
    for (int i = 0; i < replicas.size(); i++) {
      if (view.isGone(replicas.get(i).store())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGoodLeader(
      ClusterView view, RangeReport range, ReplicaDescriptor replica) {
    return replica.kind() == ReplicaKind.VOTER
        && view.isWell(replica.store())
        && range.isCaughtUp(replica.peer());
  }

  private static Finding replace(
      ClusterView view, RangeReport range, List<ReplicaDescriptor> gone) {
    long voters = Findings.voters(range.descriptor());
    if (voters > view.policy().replicas()) {
      return Findings.NOTHING; // they are the first to go without being replaced
    }
    List<PeerId> heirs = new ArrayList<>();
    for (ReplicaDescriptor replica : range.descriptor().replicas()) {
      if (replica.kind() == ReplicaKind.LEARNER
          && view.isWell(replica.store())
          && heirs.size() < gone.size()) {
        heirs.add(replica.peer());
      }
    }
    int missing = gone.size() - heirs.size();
    Places places = missing > 0 ? Places.find(view, range, missing) : Places.NONE;
    List<ReplicaDescriptor> reached = new ArrayList<>(range.descriptor().replicas());
    List<Step> steps = new ArrayList<>();
    for (StoreId store : places.stores()) {
      PeerId peer = view.freePeer(steps.size());
      steps.add(new AddLearner(store, peer));
      heirs.add(peer);
      reached.add(new ReplicaDescriptor(peer, store, ReplicaKind.LEARNER));
    }
    if (heirs.isEmpty()) {
      return places.busy() ? Findings.LATER : Findings.NOTHING;
    }
    heirs.forEach(peer -> steps.add(new WaitForCatchUp(peer)));
    reached.removeAll(gone.subList(0, heirs.size()));
    steps.add(new ChangeReplicas(Findings.withVotes(reached, heirs)));
    return Findings.filling(view, range, Operator.Kind.REPLACE, steps);
  }
}
