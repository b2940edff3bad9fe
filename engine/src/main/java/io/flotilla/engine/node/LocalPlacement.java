package io.flotilla.engine.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.store.Store;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The placement replica of this process, as soon as its store is up. Thread-safe.
final class LocalPlacement implements PlacementClient.Local {
  private volatile StoreId id = FirstStart.FOUNDER;
  private volatile @Nullable Store store;

  /// The store is there and takes requests.
  void up(StoreId storeId, Store running) {
    id = storeId;
    store = running;
  }

  @Override
  public StoreId store() {
    return id;
  }

  @Override
  public void ask(PlacementRequest request, Consumer<PlacementAnswer> onAnswer) {
    Store running = store;
    if (running == null) {
      refuse(onAnswer, new Refusal.NoReplica(RangeDescriptor.PLACEMENT));
      return;
    }
    try {
      running.serve(
          RangeDescriptor.PLACEMENT, new LocalPlacementCall(request, onAnswer, () -> false));
    } catch (RejectedByLoopException stopped) {
      refuse(onAnswer, new Refusal.Unavailable("the store in this process has stopped"));
    }
  }

  private static void refuse(Consumer<PlacementAnswer> onAnswer, Refusal refusal) {
    onAnswer.accept(new PlacementAnswer.Refused(refusal));
  }
}
