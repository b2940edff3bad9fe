package io.flotilla.replica.lease;

/// Notices that the process did not run for a while: a loop's ticks that came late, or a wall clock
/// that went on while the monotonic one stood still (a suspended machine), once or in small pieces.
public final class PauseWatch {
  /*
   * Every tick notes how far the wall clock is ahead of the monotonic one. Were that to grow by
   * more than the allowance within the time that the longest promise lasts, leases that are counted
   * on the monotonic clock could outlast it: that is a pause, and what was before it is forgotten.
   *
   * Two clocks cannot be read at once. A lead that is noted is at most the true one, for the
   * monotonic clock is read after the wall clock; one that is compared is at least the true one,
   * for it is read before. So a thread that is held up between the two notices pauses that were
   * none, and overlooks none that were.
   */
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final long gapNanosMax;
  private final long leapNanosMax;
  private final long[] leads;
  private int noted;
  private long least;
  private long tickNanos;

  /// How a tick came.
  public enum Tick {
    ON_TIME,
    /// The monotonic clock shows the pause. No lease needs to be voided: that clock went on, and
    /// what it measures ended by it.
    LATE,
    /// The monotonic clock may have stood still.
    LEAPT
  }

  /// @param gapNanosMax two ticks further apart than this are a pause
  /// @param leapNanosMax how far the wall clock may get ahead within the last ticks, as far as can
  ///   be seen: it counts whole milliseconds, so it may be one more in truth
  /// @param ticks so many last ones count
  public PauseWatch(long gapNanosMax, long leapNanosMax, int ticks, long nanos, long wallMillis) {
    this.gapNanosMax = gapNanosMax;
    this.leapNanosMax = leapNanosMax;
    this.leads = new long[ticks];
    this.tickNanos = nanos;
    note(lead(nanos, wallMillis));
  }

  /// A tick is being worked off. Anything but [Tick#ON_TIME]: there was a pause since the last one.
  ///
  /// @param before the monotonic clock, read before the wall clock
  /// @param after the same, read after it
  public Tick onTick(long before, long wallMillis, long after) {
    boolean leapt = hasLeapt(before, wallMillis);
    boolean late = before - tickNanos > gapNanosMax;
    if (leapt) {
      noted = 0;
    }
    tickNanos = before;
    note(lead(after, wallMillis));
    return leapt ? Tick.LEAPT : late ? Tick.LATE : Tick.ON_TIME;
  }

  /// True if the wall clock got too far ahead of the monotonic one, or was set back: leases cannot
  /// be trusted until the next tick has looked at it.
  ///
  /// @param nanos the monotonic clock, read before the wall clock
  public boolean hasLeapt(long nanos, long wallMillis) {
    return Math.abs(lead(nanos, wallMillis) - least) > leapNanosMax;
  }

  private static long lead(long nanos, long wallMillis) {
    return wallMillis * NANOS_PER_MILLI - nanos;
  }

  private void note(long lead) {
    leads[noted++ % leads.length] = lead;
    least = lead;
    for (int i = Math.min(noted, leads.length) - 1; i >= 0; i--) {
      least = Math.min(least, leads[i]);
    }
    noted = noted < 2 * leads.length ? noted : noted - leads.length;
  }
}
