package io.flotilla.replica.lease;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PauseWatchTest {
  private static final long MILLI = 1_000_000;

  private final PauseWatch watch = new PauseWatch(400 * MILLI, 100, 0, 5_000);

  @Test
  void ticksInTimeAreNoPause() {
    assertFalse(watch.onTick(100 * MILLI, 5_100));
    assertFalse(watch.onTick(400 * MILLI, 5_400));
  }

  @Test
  void aLateTickIsAPause() {
    assertTrue(watch.onTick(401 * MILLI, 5_401));
    assertFalse(watch.onTick(501 * MILLI, 5_501));
  }

  @Test
  void aWallClockThatRunsAheadIsAPauseAtOnce() {
    assertTrue(watch.hasLeapt(50 * MILLI, 5_151));
    assertTrue(watch.onTick(100 * MILLI, 7_000));
    assertFalse(watch.hasLeapt(150 * MILLI, 7_050));
  }

  @Test
  void aWallClockThatJumpsBackIsNone() {
    assertFalse(watch.onTick(100 * MILLI, 1_000));
  }
}
