package io.flotilla.store.liveness;

/// What one other store promised to this one.
///
/// The other counts its promise from when it received the question, on its own clock; this store
/// from when it asked, less a fifth, for clocks that run at different speeds and may stand still
/// (docs/leases.md). So this store never counts on it for longer than it is kept.
final class HeldSupport {
  private static final int ASKS_KEPT = 16;

  private final long spanNanos;
  private final long[] askedAt = new long[ASKS_KEPT];
  private long epoch;
  private long newest;
  private long oldestValid = 1;
  private boolean held;
  private long since;
  private long countedFrom;

  HeldSupport(long promiseNanos, long epoch) {
    this.spanNanos = promiseNanos / 5 * 4;
    this.epoch = epoch;
  }

  /// At which it is asked for; 0: it is not.
  long epoch() {
    return epoch;
  }

  /// A question leaves now. Returns its number.
  long ask(long nanos) {
    newest++;
    askedAt[slot(newest)] = nanos;
    oldestValid = Math.max(oldestValid, newest - ASKS_KEPT + 1);
    return newest;
  }

  /// The other store said yes to question `number`, now. True if that is news.
  boolean onAnswer(long answeredEpoch, long number, long nanos) {
    if (answeredEpoch != epoch || number < oldestValid || number > newest) {
      return false;
    }
    long asked = askedAt[slot(number)];
    if (held && asked - countedFrom <= 0) {
      return false;
    }
    if (!holds(nanos)) {
      since = nanos;
    }
    held = true;
    countedFrom = asked;
    return true;
  }

  boolean holds(long nanos) {
    return held && nanos - until() < 0;
  }

  /// True if nothing was asked at this epoch.
  boolean isUnasked() {
    return oldestValid > newest;
  }

  /// Meaningful only once something was held.
  long until() {
    return countedFrom + spanNanos;
  }

  /// When the question was asked from which the promise is counted.
  long countedFrom() {
    return countedFrom;
  }

  /// Since when it is held without a break.
  long since() {
    return since;
  }

  /// Nothing asked so far proves anything any more: there was a pause.
  void forget() {
    held = false;
    oldestValid = newest + 1;
  }

  /// What was promised is over for good; the next questions are at a new epoch.
  void raise(long newEpoch) {
    epoch = newEpoch;
    forget();
  }

  private static int slot(long number) {
    return (int) (number % ASKS_KEPT);
  }
}
