package io.flotilla.engine.route;

import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which stores one call has tried in vain, and which one is next.
final class Candidates {
  private final Suspects suspects;
  private List<StoreId> tried = List.of();

  Candidates(Suspects suspects) {
    this.suspects = suspects;
  }

  void triedInVain(StoreId store) {
    tried = new ArrayList<>(tried);
    tried.add(store);
  }

  void forget() {
    tried = List.of();
  }

  /// The leader if it is known, or any other replica; suspects last; null: all were tried.
  @Nullable StoreId next(Route route, long now) {
    StoreId leader = route.leader();
    if (leader != null && isFresh(leader) && !suspects.contains(leader, now)) {
      return leader;
    }
    StoreId last = leader != null && isFresh(leader) ? leader : null;
    for (ReplicaDescriptor replica : route.descriptor().replicas()) {
      StoreId store = replica.store();
      if (isFresh(store)) {
        if (!suspects.contains(store, now)) {
          return store;
        }
        last = last == null ? store : last;
      }
    }
    return last;
  }

  /// A follower that is believed to be well; once one was tried in vain, or if there is none, as
  /// [#next].
  ///
  /// @param turn another one for another turn
  @Nullable StoreId nextFollower(Route route, long now, int turn) {
    if (tried.isEmpty()) {
      List<ReplicaDescriptor> replicas = route.descriptor().replicas();
      for (int i = 0; i < replicas.size(); i++) {
        ReplicaDescriptor replica = replicas.get(Math.floorMod(turn + i, replicas.size()));
        StoreId store = replica.store();
        if (replica.kind() == ReplicaKind.VOTER
            && !store.equals(route.leader())
            && !suspects.contains(store, now)) {
          return store;
        }
      }
    }
    return next(route, now);
  }

  private boolean isFresh(StoreId store) {
    return !tried.contains(store);
  }
}
