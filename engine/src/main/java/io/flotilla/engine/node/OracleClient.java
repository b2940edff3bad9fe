package io.flotilla.engine.node;

import io.flotilla.engine.mvcc.TimestampSource;
import io.flotilla.engine.route.HoldSource;
import io.flotilla.engine.route.SnapshotSource;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;

/// Draws timestamps from the placement group, for one store loop's writes or for a caller's
/// snapshots, and has snapshots held there.
final class OracleClient {
  /// A write waits no longer than this for its timestamp; it is refused then, and may be tried
  /// again.
  private static final long DRAW_NANOS_MAX = 5_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /// Names this client where it holds a snapshot.
  private final String holder;

  private final PlacementClient placement;
  private final Clock clock;

  /// @param holder differs from every other client's, and from this one's in an earlier life
  OracleClient(PlacementClient placement, Clock clock, String holder) {
    this.holder = holder;
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

  /// Holds of the snapshots that an engine's callers use.
  HoldSource forHolds() {
    return (at, ttlNanos, timeoutNanos, onAnswer) ->
        placement.call(
            new PlacementRequest.SnapshotHold(holder, at, ttlNanos / NANOS_PER_MILLI),
            clock.nanos() + timeoutNanos,
            outcome -> onAnswer.accept(held(outcome)));
  }

  private static HoldSource.Answer held(PlacementClient.Outcome outcome) {
    return switch (outcome) {
      case PlacementClient.Outcome.Replied(PlacementReply.Held _) -> new HoldSource.Answer.Held();
      case PlacementClient.Outcome.Replied(PlacementReply.Rejected(var reason, var message))
          when reason == PlacementReply.Reason.TOO_OLD ->
          new HoldSource.Answer.TooOld(message);
      default -> new HoldSource.Answer.Failed(reasonOf(outcome));
    };
  }

  private static TimestampSource.Drawn block(PlacementClient.Outcome outcome) {
    return outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Timestamps drawn)
        ? new TimestampSource.Drawn.Block(drawn.first().value(), drawn.safePoint())
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
