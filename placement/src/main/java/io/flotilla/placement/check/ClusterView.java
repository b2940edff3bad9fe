package io.flotilla.placement.check;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// All that a decision may look at, frozen.
///
/// Ids for what is new are part of it: a decision takes them from the front, and [#with] gives the
/// view that the next decision sees.
///
/// @param nowMillis on the placement leader's monotonic clock
/// @param stores sorted by id
/// @param freePeers the first of the peer ids that may be used
/// @param peersLeft how many of them
/// @param freeRanges the first of the range ids that may be used
/// @param rangesLeft how many of them
public record ClusterView(
    long nowMillis,
    Policy policy,
    OperatorLimits limits,
    List<StoreView> stores,
    long freePeers,
    int peersLeft,
    long freeRanges,
    int rangesLeft) {
  public ClusterView {
    stores = List.copyOf(stores);
  }

  public Optional<StoreView> store(StoreId id) {
    for (int i = 0; i < stores.size(); i++) {
      if (stores.get(i).id().equals(id)) {
        return Optional.of(stores.get(i));
      }
    }
    return Optional.empty();
  }

  /// True if the store is dead or removed. An unknown one is not.
  boolean isGone(StoreId id) {
    return store(id).map(store -> store.standing() != Standing.MEMBER).orElse(false);
  }

  /// True if replicas on the store can be counted on.
  boolean isWell(StoreId id) {
    return store(id).map(StoreView::isWell).orElse(false);
  }

  public PeerId freePeer(int offset) {
    if (offset >= peersLeft) {
      throw new IllegalArgumentException("only " + peersLeft + " peer ids in the view");
    }
    return new PeerId(freePeers + offset);
  }

  public RangeId freeRange() {
    if (rangesLeft < 1) {
      throw new IllegalArgumentException("no range id in the view");
    }
    return new RangeId(freeRanges);
  }

  /// The view once `operator` for `range` is under way: without the ids it took.
  public ClusterView with(Operator operator, RangeReport range) {
    return new ClusterView(
        nowMillis,
        policy,
        limits,
        loaded(stores, operator, range, range.leaderStore().orElse(null)),
        freePeers + operator.newPeers(),
        peersLeft - operator.newPeers(),
        freeRanges + operator.newRanges(),
        rangesLeft - operator.newRanges());
  }

  /// The stores with what an operator under way puts on them.
  ///
  /// @param leader the range's leading store, null: it is between two
  public static List<StoreView> loaded(
      List<StoreView> stores, Operator operator, RangeReport range, @Nullable StoreId leader) {
    SortedSet<StoreId> filled = operator.filledStores(range.descriptor());
    StoreId heir = operator.heir().orElse(leader);
    List<StoreView> loaded = new ArrayList<>(stores.size());
    for (StoreView store : stores) {
      StoreView next = store;
      if (!filled.isEmpty() && store.id().equals(leader)) {
        next = next.withOutbound();
      }
      if (filled.contains(store.id())) {
        boolean isNew = range.descriptor().replicaOn(store.id()).isEmpty();
        next = next.withInbound(isNew ? range.bytes() : 0, isNew);
      }
      loaded.add(handing(next, leader, heir));
    }
    return loaded;
  }

  private static StoreView handing(StoreView store, @Nullable StoreId from, @Nullable StoreId to) {
    if (Objects.equals(from, to)) {
      return store;
    }
    int change = (store.id().equals(to) ? 1 : 0) - (store.id().equals(from) ? 1 : 0);
    return change == 0 ? store : store.withLeaders(store.leaders().moved(change));
  }
}
