package io.flotilla.cli.term;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers as people read and write them.
public final class Human {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");

  private Human() {}

  /// `1,234,567`.
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// `17.3 MiB`.
  public static String bytes(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    String format = unit == 0 || amount >= 100 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, amount, UNITS[unit]);
  }

  /// `340 µs`, `12.5 ms`, `3.4 s`, `2m 05s`, `3h 12m`.
  public static String duration(Duration duration) {
    double micros = duration.toNanos() / 1e3;
    if (micros < 1_000) {
      return String.format(Locale.ROOT, "%.0f µs", micros);
    }
    if (micros < 1e6) {
      return String.format(Locale.ROOT, micros < 1e5 ? "%.1f ms" : "%.0f ms", micros / 1e3);
    }
    if (micros < 60e6) {
      return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
    }
    if (duration.toHours() < 1) {
      return String.format(
          Locale.ROOT, "%dm %02ds", duration.toMinutes(), duration.toSecondsPart());
    }
    return String.format(Locale.ROOT, "%dh %02dm", duration.toHours(), duration.toMinutesPart());
  }

  /// Reads `500ms`, `10s`, `2m`, `1h`; a bare number is seconds. Positive.
  public static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    long amount = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    if (amount == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration: write 500ms, 10s, 2m or 1h");
    }
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofSeconds(amount);
    };
  }

  /// `1 range`, `3 ranges`.
  public static String plural(long count, String word) {
    return count(count) + " " + word + (count == 1 ? "" : "s");
  }
}
