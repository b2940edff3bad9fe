package io.flotilla.transport.request;

/// How long a frame of requests was on its way, beyond what is usual: it waited in a socket while
/// this process was paused, or while the network was cut. The time is the asker's, who may have
/// given up by now.
///
/// Each frame brings the asker's clock. The two clocks have no zero in common, so the least
/// difference lately stands for no delay at all; "lately", because clocks drift and an asker's may
/// stand still for a while (a suspended machine). Confined to the connection's loop.
final class Lateness {
  private static final long PERIOD_NANOS = 10_000_000_000L;

  /// Clocks differ in speed by less than one part in so many.
  private static final long DRIFT = 1000;

  /// About 140 years, in milliseconds.
  private static final long CLOCK_MAX = 1L << 42;

  private boolean begun;
  private long least;
  private long leastAt;
  private long leastBefore;
  private long leastBeforeAt;
  private long periodBegan;

  /// The lateness of a frame in nanoseconds, 0 or more.
  ///
  /// @param now on our clock, in nanoseconds
  /// @param clockMillis on the asker's, as it wrote the frame
  long nanos(long now, long clockMillis) {
    long difference = now - Math.min(clockMillis, CLOCK_MAX) * 1_000_000;
    if (!begun) {
      begun = true;
      periodBegan = now;
      take(now, difference);
      leastBefore = difference;
      leastBeforeAt = now;
    } else if (now - periodBegan > PERIOD_NANOS) {
      periodBegan = now;
      leastBefore = least;
      leastBeforeAt = leastAt;
      take(now, difference);
    } else if (difference - least < 0) {
      take(now, difference);
    }
    long late = difference - (least + (now - leastAt) / DRIFT);
    long lateBefore = difference - (leastBefore + (now - leastBeforeAt) / DRIFT);
    return Math.max(0, Math.max(late, lateBefore));
  }

  private void take(long now, long difference) {
    least = difference;
    leastAt = now;
  }
}
