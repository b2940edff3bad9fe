package io.flotilla.replica.lease;

/// Notices that the process did not run for a while: a loop's ticks that came late, or a wall clock
/// that went on while the monotonic one stood still (a suspended machine).
public final class PauseWatch {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final long gapNanosMax;
  private final long leapMillisMax;
  private long tickNanos;
  private long tickMillis;

  /// @param gapNanosMax two ticks further apart than this are a pause
  /// @param leapMillisMax how far the two clocks may drift apart between two ticks
  public PauseWatch(long gapNanosMax, long leapMillisMax, long nanos, long wallMillis) {
    this.gapNanosMax = gapNanosMax;
    this.leapMillisMax = leapMillisMax;
    this.tickNanos = nanos;
    this.tickMillis = wallMillis;
  }

  /// A tick is being worked off. True if there was a pause since the last one.
  public boolean onTick(long nanos, long wallMillis) {
    boolean paused = hasLeapt(nanos, wallMillis) || nanos - tickNanos > gapNanosMax;
    tickNanos = nanos;
    tickMillis = wallMillis;
    return paused;
  }

  /// True if since the last tick the wall clock ran ahead of the monotonic one: leases cannot be
  /// trusted until the next tick has looked at it.
  public boolean hasLeapt(long nanos, long wallMillis) {
    long monotonicMillis = (nanos - tickNanos) / NANOS_PER_MILLI;
    return wallMillis - tickMillis - monotonicMillis > leapMillisMax;
  }
}
