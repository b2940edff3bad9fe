package io.flotilla.placement.check;

import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Where new replicas of a range may go now.
///
/// @param stores the emptiest first
/// @param busy more are wanted, and there would be one but for what operators under way take
record Places(List<StoreId> stores, boolean busy) {
  static final Places NONE = new Places(List.of(), false);

  private static final Comparator<StoreView> EMPTIEST =
      Comparator.comparingLong(StoreView::bytes)
          .thenComparingInt(StoreView::replicas)
          .thenComparing(StoreView::id);

  Places {
    stores = List.copyOf(stores);
  }

  /// At most `count`, which is 1 or more.
  static Places find(ClusterView view, RangeReport range, int count) {
    List<StoreView> candidates = new ArrayList<>();
    boolean passedOver = false;
    for (StoreView store : view.stores()) {
      if (takes(store, range)) {
        if (store.inbound() < view.limits().inboundMax()) {
          candidates.add(store);
        } else {
          passedOver = true;
        }
      }
    }
    int most = isLeaderBusy(view, range) ? 0 : Math.min(count, view.peersLeft());
    if (most == 0) {
      return new Places(List.of(), passedOver || !candidates.isEmpty());
    }
    candidates.sort(EMPTIEST);
    boolean cut = candidates.size() > most && most < count;
    List<StoreId> found = candidates.stream().limit(most).map(StoreView::id).toList();
    return new Places(found, cut || found.size() < count && passedOver);
  }

  private static boolean takes(StoreView store, RangeReport range) {
    return store.isWell()
        && store.freeBytes() > range.bytes()
        && range.descriptor().replicaOn(store.id()).isEmpty();
  }

  private static boolean isLeaderBusy(ClusterView view, RangeReport range) {
    return range
        .leaderStore()
        .flatMap(view::store)
        .map(leader -> leader.outbound() >= view.limits().outboundMax())
        .orElse(false);
  }
}
