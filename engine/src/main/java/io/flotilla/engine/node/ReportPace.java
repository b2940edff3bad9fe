package io.flotilla.engine.node;

/// When the reporter looks next, and when it reports unasked. Times are of the monotonic clock, in
/// nanoseconds. Not thread-safe.
///
/// What there is to tell is looked at at once, but not more than ten times a second, however much
/// there is. Without news there is a report a second, which tells the driver that this store is
/// here, and needs no look; one in ten seconds makes sure that no news were missed. Who has done
/// what the driver wanted asks sooner what is next, once others had the time to tell of it.
final class ReportPace {
  static final long LOOK_NANOS = 100_000_000;
  static final long REPORT_NANOS = 1_000_000_000;
  static final long OVERDUE_NANOS = 10 * REPORT_NANOS;
  static final long DONE_NANOS = 150_000_000;

  private long lookedAt;
  private long reportAt;
  private long askAt;
  private boolean isAsking;

  /// A first report is due at once.
  ReportPace(long nanos) {
    lookedAt = nanos - LOOK_NANOS;
    reportAt = nanos;
  }

  void looked(long nanos) {
    lookedAt = nanos;
  }

  /// A report goes. One that goes before others can have told does not ask what is next.
  void reported(long nanos) {
    isAsking &= nanos - askAt < 0;
    reportAt = nanos + REPORT_NANOS;
  }

  /// A report is due, changed or not.
  void reportNow(long nanos) {
    reportAt = nanos;
  }

  /// An instruction is done.
  void done(long nanos) {
    if (!isAsking) {
      isAsking = true;
      askAt = nanos + DONE_NANOS;
    }
  }

  /// True if it is time for a report even without news.
  boolean isReportDue(long nanos) {
    return nanos - dueAt() >= 0;
  }

  private long dueAt() {
    return isAsking && askAt - reportAt < 0 ? askAt : reportAt;
  }

  /// True if the last look was long ago.
  boolean isLookOverdue(long nanos) {
    return nanos - lookedAt >= OVERDUE_NANOS;
  }

  /// In so many nanoseconds the next look or report is due, 0: now.
  ///
  /// @param isWaiting there is something to look at, or something that tells no news of itself
  long nanosToLook(boolean isWaiting, long nanos) {
    long again = lookedAt + LOOK_NANOS - nanos;
    long regular = dueAt() - nanos;
    return Math.max(0, isWaiting ? again : Math.max(again, regular));
  }
}
