package io.flotilla.placement.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClockGuardTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long HOUR = 3_600_000;

  private final ClockGuard guard = new ClockGuard(NOW, 5_000_000, HOUR);

  private static long nanos(long millis) {
    return 5_000_000 + millis * 1_000_000;
  }

  @Test
  void smallDifferencesAreTheWallClocksRight() {
    assertEquals(NOW + 1_100, guard.observe(NOW + 1_100, nanos(1_000)));
    assertEquals(NOW + 900, guard.observe(NOW + 900, nanos(1_000)));
    assertFalse(guard.isRefusing());
  }

  @Test
  void aLongPauseIsNoJump() {
    assertEquals(NOW + 9 * HOUR, guard.observe(NOW + 9 * HOUR, nanos(9 * HOUR)));
    assertFalse(guard.isRefusing());
  }

  @Test
  void aJumpAheadIsRefusedAndTimeGoesOn() {
    assertEquals(NOW + 10, guard.observe(NOW + 2 * HOUR, nanos(10)));
    assertTrue(guard.isRefusing());
    assertEquals(NOW + 20, guard.observe(NOW + 2 * HOUR, nanos(20)));
  }

  @Test
  void aJumpFarBackIsRefusedAndAReturnIsBelieved() {
    assertEquals(NOW + 10, guard.observe(NOW - 2 * HOUR, nanos(10)));
    assertTrue(guard.isRefusing());
    assertEquals(NOW + 25, guard.observe(NOW + 25, nanos(20)));
    assertFalse(guard.isRefusing());
  }

  @Test
  void refusedTimeKeepsThePartsOfMilliseconds() {
    for (int i = 1; i <= 100; i++) {
      guard.observe(NOW + 2 * HOUR, 5_000_000 + i * 300_000L);
    }
    assertEquals(NOW + 30, guard.observe(NOW + 2 * HOUR, 5_000_000 + 30_000_000));
  }
}
