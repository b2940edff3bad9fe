package io.flotilla.cli.term;

import java.time.Duration;

/// How far a long work is, as one line: a bar for a live terminal, plain words elsewhere.
public final class ProgressText {
  private static final int BAR_COLUMNS = 24;
  private static final Duration PAUSE_SHOWN = Duration.ofMillis(500);

  private ProgressText() {}

  /// One moment of a long work.
  ///
  /// @param what is counted: `rows`
  /// @param share of the whole that is done, 0 to 1; negative: not known
  /// @param pause since something was last done
  public record Moment(String what, long done, double share, Duration elapsed, Duration pause) {
    double perSecond() {
      return done / Math.max(elapsed.toNanos() / 1e9, 1e-3);
    }

    /// Time left at this rate; zero: not known.
    Duration left() {
      if (share <= 0 || done == 0) {
        return Duration.ZERO;
      }
      double nanos = elapsed.toNanos() * (1 - Math.min(share, 1)) / share;
      return Duration.ofNanos((long) nanos);
    }
  }

  /// `[######> ] 52 % 70,321 rows 12,345/s 4.2 s left (waiting 2.1 s)`.
  public static String bar(Moment moment, int columns) {
    StringBuilder line = new StringBuilder();
    if (moment.share >= 0) {
      int filled = (int) (Math.min(moment.share, 1) * BAR_COLUMNS);
      line.append('[').append("#".repeat(filled)).append("-".repeat(BAR_COLUMNS - filled));
      line.append("]  ");
    }
    return TextWidth.fit(line.append(words(moment)).toString(), columns - 1);
  }

  /// The same without the bar.
  public static String words(Moment moment) {
    StringBuilder line = new StringBuilder();
    if (moment.share >= 0) {
      line.append((int) (Math.min(moment.share, 1) * 100)).append(" %  ");
    }
    line.append(Human.count(moment.done)).append(' ').append(moment.what).append("  ");
    line.append(Human.count(Math.round(moment.perSecond()))).append("/s");
    if (!moment.left().isZero()) {
      line.append("  ").append(Human.duration(moment.left())).append(" left");
    }
    if (moment.pause.compareTo(PAUSE_SHOWN) > 0) {
      line.append("  (waiting ").append(Human.duration(moment.pause)).append(')');
    }
    return line.toString();
  }
}
