package io.flotilla.placement.oracle;

/// Decides what time to believe, from a wall clock that may jump and a monotonic one that does not
/// say what time it is.
///
/// Small differences are the wall clock's right: drift, and the steps by which it is corrected. A
/// jump by more than the limit, ahead or back, is refused: time then goes on from what was
/// believed, at the monotonic clock's pace, until the wall clock is back within the limit. So a
/// clock that is set to the wrong year neither stops the oracle nor carries it along.
public final class ClockGuard {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final long jumpMaxMillis;
  private long believedMillis;
  private long believedAtNanos;
  private boolean refusing;

  public ClockGuard(long wallMillis, long nanos, long jumpMaxMillis) {
    this.jumpMaxMillis = jumpMaxMillis;
    this.believedMillis = Math.max(0, wallMillis);
    this.believedAtNanos = nanos;
  }

  /// The time to go by, in milliseconds since 1970.
  public long observe(long wallMillis, long nanos) {
    long elapsed = Math.max(0, (nanos - believedAtNanos) / NANOS_PER_MILLI);
    long expected = believedMillis + elapsed;
    refusing = Math.abs(wallMillis - expected) > jumpMaxMillis;
    believedMillis = refusing ? expected : Math.max(0, wallMillis);
    believedAtNanos = refusing ? believedAtNanos + elapsed * NANOS_PER_MILLI : nanos;
    return believedMillis;
  }

  /// True if the wall clock was not believed the last time.
  public boolean isRefusing() {
    return refusing;
  }
}
