package io.flotilla.engine.node;

import io.flotilla.engine.mvcc.TimestampSource;
import io.flotilla.engine.route.SnapshotSource;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;

/// Draws timestamps from the placement group, for one store loop's writes or for a caller's
/// snapshots.
final class OracleClient {
  /// A write waits no longer than this for its timestamp; it is refused then, and may be tried
  /// again.
  private static final long DRAW_NANOS_MAX = 5_000_000_000L;

  private final PlacementClient placement;
  private final Clock clock;

  OracleClient(PlacementClient placement, Clock clock) {
    this.placement = placement;
    this.clock = clock;
  }

  /// The oracle as the machines on `loop` ask it.
  TimestampSource forLoop(EventLoop loop) {
    return (count, onDrawn) ->
        placement.call(
            new PlacementRequest.DrawTimestamps(count),
            clock.nanos() + DRAW_NANOS_MAX,
            outcome -> loop.execute(() -> onDrawn.accept(block(outcome))));
  }

  /// The oracle as an engine's callers ask it.
  SnapshotSource forSnapshots() {
    return (timeoutNanos, onDrawn) ->
        placement.call(
            new PlacementRequest.DrawTimestamps(1),
            clock.nanos() + timeoutNanos,
            outcome -> onDrawn.accept(moment(outcome)));
  }

  private static TimestampSource.Drawn block(PlacementClient.Outcome outcome) {
    return outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Timestamps drawn)
        ? new TimestampSource.Drawn.Block(drawn.first().value())
        : new TimestampSource.Drawn.Failed(new Refusal.Unavailable(reasonOf(outcome)));
  }

  private static SnapshotSource.Drawn moment(PlacementClient.Outcome outcome) {
    return outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Timestamps drawn)
        ? new SnapshotSource.Drawn.At(new Timestamp(drawn.first().value()))
        : new SnapshotSource.Drawn.Failed(reasonOf(outcome));
  }

  static String reasonOf(PlacementClient.Outcome outcome) {
    return switch (outcome) {
      case PlacementClient.Outcome.Failed(var reason) -> reason;
      case PlacementClient.Outcome.Replied(PlacementReply.Rejected rejected) -> rejected.message();
      case PlacementClient.Outcome.Replied(var reply) ->
          "the placement driver gave an answer that does not fit: " + reply;
    };
  }
}
