package io.flotilla.engine.node;

import io.flotilla.placement.PlacementRequest;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoop.RejectedByLoopException;

/// Keeps a client's address book fresh, by asking for the stores: [PlacementClient] learns from
/// every answer. A client may talk to one store for hours; by the time that one goes away it must
/// know others, also those that came after the client.
final class AddressRefresh {
  private static final long PERIOD_NANOS = 3_000_000_000L;

  private final PlacementClient placement;
  private final EventLoop loop;
  private final Clock clock;
  private volatile boolean ended;

  AddressRefresh(PlacementClient placement, EventLoop loop, Clock clock) {
    this.placement = placement;
    this.loop = loop;
    this.clock = clock;
  }

  /// Begins a round, and the next one after it.
  void begin() {
    if (!ended) {
      placement.call(new PlacementRequest.ListStores(), clock.nanos() + PERIOD_NANOS, this::again);
    }
  }

  void end() {
    ended = true;
  }

  private void again(PlacementClient.Outcome outcome) {
    try {
      loop.schedule(PERIOD_NANOS, this::begin);
    } catch (RejectedByLoopException closed) {
      end();
    }
  }
}
