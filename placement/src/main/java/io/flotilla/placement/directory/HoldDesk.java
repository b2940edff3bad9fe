package io.flotilla.placement.directory;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.PlacementReply.Held;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementRequest.SnapshotHold;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Applied;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Refused;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Unknown;
import io.flotilla.replica.Refusal.Busy;
import java.util.List;
import java.util.function.LongSupplier;

/// Moves the safe point on, and grants readers that it stays where it is.
final class HoldDesk {
  /*
   * A hold is soft: it dies with the tenure that granted it. That is sound because
   *
   * 1. it is granted with a proof that this was still the leader, so the tenure of whoever comes
   *    next begins after it was granted;
   * 2. no hold lasts longer than `holdMaxMillis` without being asked for again;
   * 3. a new tenure leaves the safe point alone for `holdMaxMillis`, in which every hold that its
   *    predecessors granted runs out, or is asked for here.
   *
   * A move is committed before anybody is told of it, and a hold below a move under way is refused.
   * So what was ever told is below every hold in force.
   */
  private static final long RETRY_MILLIS = 500;
  private static final long MINUTE_MILLIS = 60_000;

  /// Every look walks over all holds, so reports do not get one each.
  private static final long LOOK_MILLIS = 1_000;

  private final Office office;
  private final SafePoint safePoint;
  private final TimeDesk times;
  private final Proofs proofs;
  private final LongSupplier retentionMillis;
  private final long startedMillis;
  private long lookedMillis;

  /// @param retentionMillis as the policy has it now
  HoldDesk(
      Office office,
      SafePoint safePoint,
      TimeDesk times,
      Proofs proofs,
      LongSupplier retentionMillis) {
    this.office = office;
    this.retentionMillis = retentionMillis;
    this.safePoint = safePoint;
    this.times = times;
    this.proofs = proofs;
    this.startedMillis = office.nowMillis();
    this.lookedMillis = startedMillis;
  }

  void hold(PlacementCall call, SnapshotHold request) {
    if (proofs.isFull()) {
      call.refuse(new Busy("holds that wait", RETRY_MILLIS));
      return;
    }
    long ttl = Math.min(request.ttlMillis(), office.options().holdMaxMillis());
    long until = office.nowMillis() + ttl;
    Timestamp at = request.at();
    long retention = retentionMillis.getAsLong();
    switch (safePoint.hold(request.holder(), at, until, times.next(), retention)) {
      case HELD -> proofs.reply(call, new Held(safePoint.committed()));
      case BELOW ->
          Office.reject(
              call,
              Reason.TOO_OLD,
              "snapshot "
                  + at
                  + " is below the safe point "
                  + safePoint.committed()
                  + ": its versions may be collected already; take a new snapshot");
      case AGED ->
          Office.reject(
              call,
              Reason.TOO_OLD,
              "snapshot "
                  + at
                  + " is older than a snapshot may become, "
                  + Math.max(retention, office.options().snapshotAgeMaxMillis()) / MINUTE_MILLIS
                  + " min (snapshot-age-max-millis): take a new snapshot");
      case FULL -> call.refuse(new Busy("snapshots held", RETRY_MILLIS));
    }
  }

  /// Has the safe point moved on, if that is a good step.
  void maybeMove() {
    long now = office.nowMillis();
    boolean early = now - startedMillis < office.options().holdMaxMillis();
    boolean looked = safePoint.holds() > 0 && now - lookedMillis < LOOK_MILLIS;
    if (early || looked || safePoint.isMoving()) {
      return;
    }
    lookedMillis = now;
    Timestamp target = safePoint.target(times.next(), retentionMillis.getAsLong(), now);
    long step = target.millis() - safePoint.committed().millis();
    if (step < office.options().safePointStepMillis()) {
      return;
    }
    safePoint.moving(target);
    office
        .access()
        .propose(
            List.of(DurableState.safePoint(target)),
            outcome -> {
              switch (outcome) {
                case Applied _ -> safePoint.moved(target);
                case Refused _ -> safePoint.notMoved();
                case Unknown _ -> safePoint.perhapsMoved();
              }
            });
  }
}
