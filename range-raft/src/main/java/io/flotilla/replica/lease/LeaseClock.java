package io.flotilla.replica.lease;

/// One leadership's lease, proved by rounds of beats.
public final class LeaseClock {
  /*
   * A follower that has answered round r grants nobody a vote for an election timeout of its own
   * clock, counted from when it received r. The leader noted its own clock when r was started, at
   * the latest when r left, so at no later moment than any follower received it. A follower's
   * timeout of n ticks lasts at least n - 1 whole ticks, since ticks are never closer together
   * than a tick. Hence the lease: startedAt(r) + (n - 1) ticks, less a fifth, for clocks that run
   * at different speeds and may stand still for a moment (docs/leases.md).
   *
   * Two things end it early. A pause: rounds started before it prove nothing, for the clock itself
   * may have stood still. And a hand-over: voters ignore their promises for a candidate whom the
   * leader told to campaign. So the lease ends before that message is made; and since the message
   * may be late, the core confirms no round any more in a term in which it has left.
   */

  private static final int ROUNDS_KEPT = 64;
  private static final long[] NONE = new long[0];

  private final long spanNanos;
  private long[] startedAt = NONE;
  private long newestRound;
  private long oldestRound = 1;
  private boolean held;
  private long heldUntil;

  /// @param electionTicks the followers' promise
  public LeaseClock(int electionTicks, long tickNanos) {
    this.spanNanos = (electionTicks - 1) * tickNanos / 5 * 4;
  }

  /// Rounds up to `round` were started at `nanos` or later, and none of their messages has left
  /// yet.
  public void onRoundStarted(long round, long nanos) {
    if (round <= newestRound) {
      return;
    }
    if (startedAt.length == 0) {
      startedAt = new long[ROUNDS_KEPT];
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

  /// The range wakes at `nanos`, and the stores' promises to it last for so long still. Each
  /// follower keeps its store's promise until it hears something that left after `nanos`, and then
  /// promises anew: so the lease lasts for the shorter of both.
  public void carryOver(long nanos, long promisedNanos) {
    long until = nanos + Math.min(promisedNanos, spanNanos);
    if (promisedNanos > 0 && (!held || until - heldUntil > 0)) {
      held = true;
      heldUntil = until;
    }
  }

  /// The range falls asleep: from now on its lease is what the stores promised, which a pause voids
  /// elsewhere. Gives memory back.
  public void rest() {
    end();
    startedAt = NONE;
  }

  public boolean holds(long nanos) {
    return held && nanos - heldUntil < 0;
  }

  /// When the lease ends, on the clock that was handed in; meaningful only while it [#holds].
  public long heldUntilNanos() {
    return heldUntil;
  }

  /// Ends the lease until a round that starts from now on is confirmed.
  public void end() {
    held = false;
    oldestRound = newestRound + 1;
  }

  private static int slot(long round) {
    return (int) (round % ROUNDS_KEPT);
  }
}
