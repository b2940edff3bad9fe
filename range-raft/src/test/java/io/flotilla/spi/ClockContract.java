package io.flotilla.spi;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/// What every [Clock] does while nobody sets or stops it.
public abstract class ClockContract {
  private static final long MILLI = 1_000_000;

  protected abstract Clock clock();

  /// Lets so much true time pass.
  protected abstract void pass(long nanos);

  @Test
  void theMonotonicSideNeverGoesBack() {
    long before = clock().nanos();
    for (int i = 0; i < 10_000; i++) {
      pass(i % 3);
      long now = clock().nanos();
      assertTrue(now - before >= 0, "back by " + (before - now));
      before = now;
    }
  }

  @Test
  void theMonotonicSideGoesOnWithTime() {
    long before = clock().nanos();
    pass(5 * MILLI);
    long passed = clock().nanos() - before;
    // Leases put up with clocks that are slow by a twenty-fifth.
    assertTrue(passed * 25 >= 24 * 5 * MILLI, passed + " ns");
  }

  @Test
  void theWallClockCountsMillisecondsSince1970() {
    int year = Instant.ofEpochMilli(clock().wallMillis()).atZone(ZoneOffset.UTC).getYear();
    assertTrue(year >= 2020 && year < 2200, "in the year " + year);
  }

  /// It may be set at any time, so nothing is said of how far it goes.
  @Test
  void theWallClockGoesOnWithTime() {
    long before = clock().wallMillis();
    int passed = 0;
    while (clock().wallMillis() == before && passed < 100) {
      pass(MILLI);
      passed++;
    }
    assertTrue(passed < 100, "it stands still");
  }
}
