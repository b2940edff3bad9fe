package io.flotilla.engine.node;

import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StorageException;
import io.flotilla.store.Store;
import io.flotilla.store.StoreEvent;
import java.util.function.Consumer;

/// Acts on what a store cannot settle by itself: its own failure, and replicas that hear from no
/// leader and may have been removed.
final class StoreWatch implements Consumer<StoreEvent> {
  private static final long ANSWER_NANOS_MAX = 5_000_000_000L;

  private final Store store;
  private final PlacementClient placement;
  private final NodeFailure failure;
  private final EventLoop loop;
  private final Clock clock;

  StoreWatch(
      Store store, PlacementClient placement, NodeFailure failure, EventLoop loop, Clock clock) {
    this.store = store;
    this.placement = placement;
    this.failure = failure;
    this.loop = loop;
    this.clock = clock;
  }

  @Override
  public void accept(StoreEvent event) {
    switch (event) {
      case StoreEvent.StoreFailed(_, var cause) -> failure.fail("the store failed: " + told(cause));
      case StoreEvent.LeaderMissing missing -> loop.execute(() -> askFate(missing));
      default -> {}
    }
  }

  private static String told(Throwable cause) {
    return cause instanceof StorageException
        ? String.valueOf(cause.getMessage())
        : cause.toString();
  }

  private void askFate(StoreEvent.LeaderMissing missing) {
    placement.call(
        new PlacementRequest.ReplicaFate(missing.range(), missing.peer(), missing.generation()),
        clock.nanos() + ANSWER_NANOS_MAX,
        outcome -> {
          if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Fate fate)
              && fate.newest() != null
              && isUnwanted(fate.membership(), missing)) {
            store.replicaGone(missing.range(), missing.peer(), fate.newest().generation());
          }
        });
  }

  /// The driver says nothing of a replica without state that it does not know: it may be about to
  /// be added. But it has not heard a leader for long, and is made again as soon as it does.
  private static boolean isUnwanted(
      PlacementReply.Membership membership, StoreEvent.LeaderMissing missing) {
    return switch (membership) {
      case GONE -> true;
      case UNKNOWN -> missing.generation() == 0;
      case MEMBER -> false;
    };
  }
}
