package io.flotilla.replica.snapshot;

/// Bytes per second that all transfers of one direction share, with bursts of a tenth of a second.
public final class ByteBudget {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long bytesPerSecond;
  private final long burstBytes;
  private long nanos;
  private long available;

  public ByteBudget(long bytesPerSecond, long nanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.burstBytes = Math.max(1, bytesPerSecond / 10);
    this.nanos = nanos;
    this.available = burstBytes;
  }

  /// Takes `bytes` if anything is left at all: the budget may go below zero by one piece.
  public boolean take(long bytes, long now) {
    refill(now);
    if (available <= 0) {
      return false;
    }
    available -= bytes;
    return true;
  }

  private void refill(long now) {
    long passed = Math.min(now - nanos, NANOS_PER_SECOND);
    long earned = bytesPerSecond / 1_000 * (passed / 1_000_000L);
    if (earned > 0) {
      nanos = now;
      available = Math.min(burstBytes, available + earned);
    }
  }
}
