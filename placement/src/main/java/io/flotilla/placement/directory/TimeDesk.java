package io.flotilla.placement.directory;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Timestamps;
import io.flotilla.placement.oracle.ClockGuard;
import io.flotilla.placement.oracle.TimestampOracle;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Applied;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Refused;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Unknown;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.Unavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// Answers draws of timestamps.
final class TimeDesk {
  /*
   * A draw is made after its request arrived, and *then* leadership is proved (Proofs). That says
   * that no successor had spoken when the draw was made, so everything that finished before the
   * request has a smaller timestamp; and nobody was told of a safe point above the one that goes
   * along.
   *
   * Draws wait in one bounded queue for the window to be extended, and in another for the proof.
   */

  private static final long RETRY_MILLIS = 20;

  /// A request for which the window has no room yet.
  private record Waiting(PlacementCall call, int count) {}

  private final Office office;
  private final TimestampOracle oracle;
  private final ClockGuard clock;
  private final Proofs proofs;
  private final SafePoint safePoint;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean warned;

  TimeDesk(
      Office office, TimestampOracle oracle, ClockGuard clock, Proofs proofs, SafePoint safePoint) {
    this.office = office;
    this.oracle = oracle;
    this.clock = clock;
    this.proofs = proofs;
    this.safePoint = safePoint;
  }

  /// The time to go by, in milliseconds since 1970.
  long nowMillis() {
    long now = clock.observe(office.clock().wallMillis(), office.clock().nanos());
    if (clock.isRefusing() && !warned) {
      office
          .events()
          .emit(
              new PlacementEvent.ClockRefused(
                  "this node's wall clock jumped: it says "
                      + office.clock().wallMillis()
                      + " ms since 1970 where "
                      + now
                      + " was expected; the timestamp oracle does"
                      + " not follow. Set the clock, or restart the node if it is right now"));
    }
    warned = clock.isRefusing();
    return now;
  }

  void draw(PlacementCall call, int count) {
    if (proofs.isFullWith(waiting.size())) {
      call.refuse(new Busy("requests for timestamps that wait", RETRY_MILLIS));
      return;
    }
    long now = nowMillis();
    long first = waiting.isEmpty() ? oracle.draw(count, now) : TimestampOracle.NO_ROOM;
    extend(now);
    if (first == TimestampOracle.NO_ROOM) {
      waiting.add(new Waiting(call, count));
    } else {
      proofs.reply(List.of(answer(call, first, count)));
    }
  }

  /// Has a further bound committed if it is time for that.
  void extend(long nowMillis) {
    long bound = oracle.wantedBound(nowMillis);
    if (bound != 0) {
      office
          .access()
          .propose(List.of(DurableState.window(bound)), outcome -> extended(bound, outcome));
    }
  }

  private void extended(long bound, ProposalOutcome outcome) {
    switch (outcome) {
      case Applied(_) -> {
        oracle.committed(bound);
        drainWaiting();
      }
      case Refused(var refusal) -> failed(refusal);
      case Unknown(var reason) -> failed(new Unavailable(reason));
    }
  }

  private void failed(Refusal refusal) {
    oracle.failed();
    refuseWaiting(refusal);
  }

  private void drainWaiting() {
    long now = nowMillis();
    List<Proofs.Answer> drawn = new ArrayList<>(waiting.size());
    while (!waiting.isEmpty()) {
      Waiting head = waiting.element();
      long first = oracle.draw(head.count(), now);
      if (first == TimestampOracle.NO_ROOM) {
        break;
      }
      waiting.remove();
      drawn.add(answer(head.call(), first, head.count()));
    }
    extend(now);
    proofs.reply(drawn);
  }

  private Proofs.Answer answer(PlacementCall call, long first, int count) {
    Timestamp safe = safePoint.committed();
    return new Proofs.Answer(call, new Timestamps(new Timestamp(first), count, safe));
  }

  /// The tenure is over; what was drawn hears from its proof.
  void close(Refusal refusal) {
    refuseWaiting(refusal);
  }

  private void refuseWaiting(Refusal refusal) {
    List<Waiting> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(one -> one.call().refuse(refusal));
  }

  /// Nothing at or above it was given out.
  long next() {
    return oracle.next();
  }
}
