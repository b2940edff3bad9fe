package io.flotilla.replica.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.replica.lease.PauseWatch.Tick;
import org.junit.jupiter.api.Test;

final class PauseWatchTest {
  private static final long MILLI = 1_000_000;

  /// The last five ticks count, and 20 ms.
  private final PauseWatch watch = new PauseWatch(400 * MILLI, 20 * MILLI, 5, 0, 5_000);

  private Tick tick(long millis, long wallMillis) {
    return watch.onTick(millis * MILLI, wallMillis, millis * MILLI);
  }

  @Test
  void ticksInTimeAreNoPause() {
    assertEquals(Tick.ON_TIME, tick(100, 5_100));
    assertEquals(Tick.ON_TIME, tick(400, 5_400));
  }

  @Test
  void aLateTickIsAPause() {
    assertEquals(Tick.LATE, tick(401, 5_401), "the clock shows it");
    assertEquals(Tick.ON_TIME, tick(501, 5_501));
  }

  /// A late tick must not hide what was lost before it.
  @Test
  void smallPausesAddUpOverALateTick() {
    assertEquals(Tick.ON_TIME, tick(100, 5_114));
    assertEquals(Tick.LATE, tick(600, 5_614));
    assertEquals(Tick.LEAPT, tick(700, 5_728));
  }

  @Test
  void aWallClockThatRunsAheadIsAPauseAtOnce() {
    assertTrue(watch.hasLeapt(50 * MILLI, 5_071));
    assertEquals(Tick.LEAPT, tick(100, 7_000));
    assertFalse(watch.hasLeapt(150 * MILLI, 7_050));
  }

  @Test
  void soIsOneThatWasSetBackAndMayHideAPause() {
    assertTrue(watch.hasLeapt(50 * MILLI, 5_029));
    assertEquals(Tick.LEAPT, tick(100, 1_000));
    assertEquals(Tick.ON_TIME, tick(200, 1_100));
  }

  @Test
  void smallPausesAddUp() {
    assertEquals(Tick.ON_TIME, tick(100, 5_107));
    assertEquals(Tick.ON_TIME, tick(200, 5_214));
    assertEquals(Tick.LEAPT, tick(300, 5_321));
    assertEquals(Tick.ON_TIME, tick(400, 5_428));
  }

  @Test
  void afterALongTimeTheyDoNot() {
    for (int i = 1; i <= 40; i++) {
      assertEquals(Tick.ON_TIME, tick(100 * i, 5_000 + 104 * i));
    }
  }

  @Test
  void oneThatWasHeldUpBetweenTheClocksOverlooksNothing() {
    assertEquals(Tick.ON_TIME, watch.onTick(100 * MILLI, 5_118, 118 * MILLI));
    assertFalse(watch.hasLeapt(150 * MILLI, 5_170));
    assertTrue(watch.hasLeapt(150 * MILLI, 5_171));
  }
}
