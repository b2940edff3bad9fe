package io.flotilla.placement.oracle;

import io.flotilla.keyspace.Timestamp;
import java.time.LocalDate;

/// Gives out timestamps below a committed bound, each one once, in increasing order.
public final class TimestampOracle {
  /*
   * Invariants.
   *   next <= bound: what was given out is below `next`, what may be is below `bound`.
   *   `bound` is committed through Raft before anything below it is given out, so a successor,
   *   which starts at the newest committed bound, is above everything that any predecessor gave
   *   out.
   *
   * A draw follows the believed time when the window reaches that far. When it does not (the
   * oracle was not asked for a while, so that time has passed the bound), the draw is served
   * from what is left of the old window: its timestamps lag behind the wall clock, which is
   * harmless, instead of waiting for a commit, which would cost every first write after a pause
   * a round trip. More than 2^18 draws in one millisecond run into the next one by plain
   * addition. The alternative, to refuse a draw until the clock has caught up, makes the
   * oracle's rate depend on the clock and gains nothing.
   */

  /// What [#draw] says when the window has no room.
  public static final long NO_ROOM = -1;

  private static final long DAY_MILLIS = 86_400_000;

  /// Later than this (the year 2527) no timestamp can be: 2^62, with room for arithmetic above.
  private static final long MILLIS_MAX = 1L << 44;

  private final OracleOptions options;
  private long next;
  private long bound;
  private long requested;

  private TimestampOracle(OracleOptions options, long next, long bound) {
    this.options = options;
    this.next = next;
    this.bound = bound;
    this.requested = bound;
  }

  /// The oracle of a new leader. It has no room before its first bound is committed.
  ///
  /// @param committedBound the newest bound that any leader had committed, 0 in a new fleet
  /// @throws ClockRefusedException if the time is too far ahead of that bound
  public static TimestampOracle open(OracleOptions options, long committedBound, long nowMillis) {
    long boundMillis = committedBound >>> Timestamp.COUNTER_BITS;
    if (committedBound > 0 && nowMillis - boundMillis > options.startAheadMaxMillis()
        || nowMillis > MILLIS_MAX) {
      throw new ClockRefusedException(
          "this node's clock says "
              + LocalDate.ofEpochDay(nowMillis / DAY_MILLIS)
              + ", "
              + (nowMillis - boundMillis) / DAY_MILLIS
              + " days after the last timestamp of the fleet: set the clock, or let another store"
              + " lead the placement group; if the clock is right, raise the limit of "
              + options.startAheadMaxMillis() / DAY_MILLIS
              + " days");
    }
    long start = Math.max(Math.max(committedBound, 1), start(nowMillis));
    return new TimestampOracle(options, start, Math.max(committedBound, start));
  }

  /// Draws `count` timestamps in a row. Returns the first one's value, or [#NO_ROOM].
  public long draw(int count, long nowMillis) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be positive, got " + count);
    }
    long onTime = Math.max(next, start(nowMillis));
    long first = onTime <= bound - count ? onTime : next;
    if (first > bound - count) {
      return NO_ROOM;
    }
    next = first + count;
    return first;
  }

  /// The bound that should be committed now, or 0: there is room enough, or one is under way. A
  /// bound that is returned counts as under way until [#committed] or [#failed].
  public long wantedBound(long nowMillis) {
    long windowSize = options.windowMillis() << Timestamp.COUNTER_BITS;
    long from = Math.max(next, Math.min(start(nowMillis), start(MILLIS_MAX)));
    if (requested > bound || bound - from > windowSize / 2) {
      return 0;
    }
    requested = from + windowSize;
    return requested;
  }

  /// A bound that [#wantedBound] asked for is committed and applied.
  public void committed(long newBound) {
    if (newBound != requested || newBound < bound) {
      throw new IllegalStateException(
          "bound " + newBound + " was not the one under way: " + requested + " after " + bound);
    }
    bound = newBound;
  }

  /// The bound under way was refused, or nobody knows: it must not be used.
  public void failed() {
    requested = bound;
  }

  /// Nothing at or above it was given out.
  public long next() {
    return next;
  }

  public long bound() {
    return bound;
  }

  private static long start(long millis) {
    return Math.max(0, Math.min(millis, MILLIS_MAX)) << Timestamp.COUNTER_BITS;
  }

  /// The clock is further ahead than can be believed. The message says what to do.
  public static final class ClockRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClockRefusedException(String message) {
      super(message);
    }
  }
}
