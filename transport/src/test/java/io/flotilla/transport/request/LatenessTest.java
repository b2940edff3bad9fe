package io.flotilla.transport.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatenessTest {
  private static final long MILLI = 1_000_000;
  private static final long ZERO = -77 * MILLI;

  private final Lateness lateness = new Lateness();

  /// The lateness in milliseconds of what was written at one time and read at another.
  private long late(long readMillis, long writtenMillis) {
    return lateness.nanos(ZERO + readMillis * MILLI, writtenMillis) / MILLI;
  }

  @Test
  void whatComesAsUsualIsNotLate() {
    assertEquals(0, late(5, 0));
    assertEquals(0, late(105, 100));
    assertEquals(4, late(309, 300), 1);
    assertEquals(0, late(404, 400));
    assertEquals(3, late(508, 500), 1);
  }

  @Test
  void whatWaitedForAPausedProcessIsLateByThat() {
    assertEquals(0, late(5, 0));
    assertEquals(30_000, late(60_005, 30_000), 100);
    assertEquals(10_000, late(60_005, 50_000), 100);
    assertTrue(late(60_005, 60_000) < 1);
    assertTrue(late(60_105, 60_100) < 1);
  }

  @Test
  void clocksThatDriftAreNotTakenForDelays() {
    for (int second = 0; second < 200_000; second += 7) {
      long read = second * 1000L;
      assertTrue(late(read, read - read / 5_000) < 1);
    }
    assertTrue(late(1_000_000_000, 1_000_000_000 - 1_000_000_000 / 5_000) < 1);
  }

  @Test
  void aClockThatStoodStillIsForgivenAfterAWhile() {
    assertEquals(0, late(0, 0));
    long worst = 0;
    for (long read = 5_000; read < 40_000; read += 100) {
      long late = late(read, read - 3_000);
      worst = Math.max(worst, late);
      assertTrue(read < 26_000 || late < 1, read + " " + late);
    }
    assertTrue(worst > 2_900);
  }

  @Test
  void aNonsensicalClockDoesNoHarm() {
    assertEquals(0, late(0, Long.MAX_VALUE));
    assertTrue(late(10, 0) > 0);
    assertTrue(late(20, Long.MAX_VALUE) <= 20);
  }
}
