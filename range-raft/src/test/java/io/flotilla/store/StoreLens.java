package io.flotilla.store;

import io.flotilla.replica.RangeReplica;
import java.util.function.Consumer;

/// Looks into a store without a task of its own on the store's loops, so that a simulation may look
/// after every event and change nothing by it.
public final class StoreLens {
  private StoreLens() {}

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
