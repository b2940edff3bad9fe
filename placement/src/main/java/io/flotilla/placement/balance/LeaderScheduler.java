package io.flotilla.placement.balance;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step.TransferLeader;
import io.flotilla.placement.check.Checker;
import io.flotilla.placement.check.ClusterView;
import io.flotilla.placement.check.Finding;
import io.flotilla.placement.check.LeaderLimits;
import io.flotilla.placement.check.Operator;
import io.flotilla.placement.check.StoreView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Leaderships go from the store that leads many ranges to the one that leads fewest of those with
/// a voter: it has the clients to serve, and its death is an election for each. No data moves.
///
/// What it does it does not undo: it moves one only if the other store would still not lead more,
/// and by more than the band.
///
/// Whether the voter has the log is not asked here, for nobody reports how far the followers of a
/// sleeping range are: the range's leader looks before it hands over, and refuses otherwise.
public final class LeaderScheduler implements Checker {
  /// A twentieth of what each store should lead is no reason to move anything.
  private static final int BAND = 20;

  @Override
  public Finding check(ClusterView view, RangeReport range) {
    LeaderLimits limits = view.limits().leaders();
    RangeDescriptor descriptor = range.descriptor();
    StoreView from = range.leaderStore().flatMap(view::store).orElse(null);
    if (limits.gap() == 0 || from == null || !isReliable(from) || descriptor.isPlacement()) {
      return new Finding.Nothing();
    }
    StoreView to = emptiest(view, descriptor, from.id());
    if (to == null || from.leaders().count() - to.leaders().count() <= band(view, limits)) {
      return new Finding.Nothing();
    }
    if (from.leaders().moving() >= limits.movingMax()
        || to.leaders().moving() >= limits.movingMax()) {
      return new Finding.Later();
    }
    PeerId heir = descriptor.replicaOn(to.id()).orElseThrow().peer();
    return new Finding.Start(
        new Operator(
            range.range(),
            Operator.Kind.BALANCE_LEADERS,
            List.of(new TransferLeader(to.id(), heir)),
            range.generation(),
            view.nowMillis() + limits.moveMillis()));
  }

  /// The store of a voter that leads fewest and can take more.
  private static @Nullable StoreView emptiest(
      ClusterView view, RangeDescriptor range, StoreId leader) {
    StoreView emptiest = null;
    List<ReplicaDescriptor> replicas = range.replicas();
    for (int i = 0; i < replicas.size(); i++) {
      ReplicaDescriptor each = replicas.get(i);
      StoreView store = view.store(each.store()).orElse(null);
      if (store != null
          && each.kind() == ReplicaKind.VOTER
          && !store.id().equals(leader)
          && takes(store)
          && (emptiest == null || store.leaders().count() < emptiest.leaders().count())) {
        emptiest = store;
      }
    }
    return emptiest;
  }

  private static boolean takes(StoreView store) {
    return isReliable(store) && store.freeBytes() > 0;
  }

  /// Of a store that may be gone nothing is known: what it led others may lead already.
  private static boolean isReliable(StoreView store) {
    return store.isWell() && store.leaders().settled();
  }

  private static int band(ClusterView view, LeaderLimits limits) {
    int stores = 0;
    long leaders = 0;
    for (int i = 0; i < view.stores().size(); i++) {
      StoreView store = view.stores().get(i);
      leaders += store.leaders().count();
      stores += store.isWell() ? 1 : 0;
    }
    return (int) Math.max(limits.gap(), leaders / BAND / Math.max(1, stores));
  }
}
