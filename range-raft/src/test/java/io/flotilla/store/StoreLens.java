package io.flotilla.store;

import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaLens;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Looks into a store without a task of its own on the store's loops, so that a simulation may look
/// after every event and change nothing by it.
public final class StoreLens {
  private StoreLens() {}

  /// What waits in the store, beyond what waits in its replicas, and is more than may; null:
  /// nothing.
  public static @Nullable String overfull(Store store) {
    StoreOptions options = store.core().env().options();
    if (store.core().desk().underWay() > options.snapshotsAtOnce()) {
      return store.core().desk().underWay() + " snapshots at once";
    }
    for (StoreLoop loop : store.core().loops()) {
      if (loop.isRunning() && loop.arrivals().parkedRanges() > options.parkedMax()) {
        return "messages parked for " + loop.arrivals().parkedRanges() + " ranges";
      }
    }
    return null;
  }

  /// As [#replicas], without those that gave up their memory: looking would bring it back.
  public static void replicasInMemory(Store store, Consumer<RangeReplica> onReplica) {
    replicas(
        store,
        replica -> {
          if (!ReplicaLens.isResting(replica)) {
            onReplica.accept(replica);
          }
        });
  }

  /// Shows every replica that takes part. Nothing of them may be changed.
  public static void replicas(Store store, Consumer<RangeReplica> onReplica) {
    for (StoreLoop loop : store.core().loops()) {
      if (loop.isRunning()) {
        for (RangeReplica replica : loop.replicas().all()) {
          if (!replica.isEnded()) {
            onReplica.accept(replica);
          }
        }
      }
    }
  }
}
