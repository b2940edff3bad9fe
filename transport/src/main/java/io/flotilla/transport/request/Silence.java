package io.flotilla.transport.request;

/// Judges whether the other side of a connection, which owes an answer, has fallen silent: paused,
/// or cut off, while the connection itself looks fine.
///
/// A slow answer is not silence: halfway a ping is due, which any node answers at once. What was
/// not looked at for long by our own fault (a pause of this process) is not held against the other
/// side. Confined to the connection's loop.
final class Silence {
  private static final int CHECKS = 8;

  private final long maxNanos;
  private long sinceNanos;
  private long checkedAt;
  private boolean heard;
  private boolean pinged;

  enum Verdict {
    FINE,
    PING,
    GIVE_UP
  }

  Silence(long maxNanos) {
    this.maxNanos = maxNanos;
  }

  /// How long from one check to the next, in nanoseconds.
  long periodNanos() {
    return Math.max(1, maxNanos / CHECKS);
  }

  /// The other side owes an answer from now on; it owed none before.
  void begin(long now) {
    sinceNanos = now;
    checkedAt = now;
    heard = false;
    pinged = false;
  }

  /// The other side said something.
  void heard() {
    heard = true;
  }

  Verdict check(long now) {
    boolean overslept = now - checkedAt > 3 * periodNanos();
    checkedAt = now;
    if (heard || overslept) {
      heard = false;
      pinged = false;
      sinceNanos = now;
      return Verdict.FINE;
    }
    if (!pinged && now - sinceNanos >= maxNanos / 2) {
      pinged = true;
      return Verdict.PING;
    }
    return pinged && now - sinceNanos >= maxNanos ? Verdict.GIVE_UP : Verdict.FINE;
  }
}
