package io.flotilla.replica.lease;

/// One leadership's lease, proved by rounds of beats.
public final class LeaseClock {
  /*
   * A follower that has answered round r grants nobody a vote for an election timeout of its own
   * clock, counted from when it received r. The leader noted its own clock when r was started, at
   * the latest when r left, so at no later moment than any follower received it. A follower's
   * timeout of n ticks lasts at least n - 1 whole ticks, since ticks are never closer together
   * than a tick. Hence the lease: startedAt(r) + (n - 1) ticks, less a tenth, for clocks that run
   * at different speeds.
   *
   * Two things end it for good. A hand-over: the follower that was told to campaign may do so
   * whenever that message reaches it, and the voters then ignore what they promised; so this
   * leadership has no lease any more, even if the hand-over fails. And a pause: rounds started
   * before it prove nothing, for the clock itself may have stood still.
   */

  private static final int ROUNDS_KEPT = 64;

  private final long spanNanos;
  private final long[] startedAt = new long[ROUNDS_KEPT];
  private long newestRound;
  private long oldestRound = 1;
  private boolean held;
  private long heldUntil;
  private boolean handedOver;

  /// @param electionTicks the followers' promise
  public LeaseClock(int electionTicks, long tickNanos) {
    this.spanNanos = (electionTicks - 1) * tickNanos / 10 * 9;
  }

  /// Rounds up to `round` were started at `nanos` or later, and none of their messages has left
  /// yet.
  public void onRoundStarted(long round, long nanos) {
    if (round <= newestRound) {
      return;
    }
    for (long r = Math.max(newestRound + 1, round - ROUNDS_KEPT + 1); r <= round; r++) {
      startedAt[slot(r)] = nanos;
    }
    newestRound = round;
    oldestRound = Math.max(oldestRound, round - ROUNDS_KEPT + 1);
  }

  /// A quorum has answered `round`.
  public void onRoundConfirmed(long round) {
    if (round < oldestRound || round > newestRound) {
      return;
    }
    long until = startedAt[slot(round)] + spanNanos;
    if (!held || until - heldUntil > 0) {
      held = true;
      heldUntil = until;
    }
  }

  public boolean holds(long nanos) {
    return held && !handedOver && nanos - heldUntil < 0;
  }

  /// When the lease ends, on the clock that was handed in; meaningful only while it [#holds].
  public long heldUntilNanos() {
    return heldUntil;
  }

  /// Ends the lease for the rest of this leadership; to be called before a transfer begins.
  public void endForHandOver() {
    handedOver = true;
  }

  /// True if there will be no lease any more in this leadership.
  public boolean isHandedOver() {
    return handedOver;
  }

  /// Ends the lease until a round that starts from now on is confirmed.
  public void endForPause() {
    held = false;
    oldestRound = newestRound + 1;
  }

  private static int slot(long round) {
    return (int) (round % ROUNDS_KEPT);
  }
}
