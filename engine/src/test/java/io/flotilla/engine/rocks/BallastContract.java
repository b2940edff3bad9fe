package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.DiskGauge.Space;
import org.junit.jupiter.api.Test;

/// What every [Ballast] does, and every [DiskGauge] of the disk that it is on: what takes room
/// there is missing in what the gauge says.
public abstract class BallastContract {
  /// Others use real disks, too: once in so many tries they leave one alone.
  private static final int TRIES = 20;

  protected abstract Ballast ballast();

  protected abstract DiskGauge gauge();

  /// How large the ballast is to be.
  protected abstract long bytes();

  /// Writes so much to the same disk.
  protected abstract void write(long bytes);

  /// Takes away what was written.
  protected abstract void clear();

  protected final void growAll() {
    for (int i = 0; ballast().owedBytes() > 0; i++) {
      assertTrue(i < 100, "it makes no progress: " + ballast().owedBytes());
      ballast().grow();
    }
  }

  @Test
  void itIsOwedUntilItHasGrown() {
    assertFalse(ballast().isThere());
    assertEquals(bytes(), ballast().owedBytes());
    growAll();
    assertTrue(ballast().isThere());
    assertEquals(0, ballast().owedBytes());
    ballast().grow();
    assertEquals(0, ballast().owedBytes());
  }

  @Test
  void whatIsDroppedIsOwedAgain() {
    growAll();
    ballast().drop();
    ballast().drop();
    assertFalse(ballast().isThere());
    assertEquals(bytes(), ballast().owedBytes());
    growAll();
    assertEquals(0, ballast().owedBytes());
  }

  @Test
  void whatIsNotThereCanBeDropped() {
    ballast().drop();
    assertEquals(bytes(), ballast().owedBytes());
  }

  @Test
  void noMoreIsFreeThanTheDiskHas() {
    Space space = gauge().look();
    assertTrue(space.freeBytes() > 0);
    assertTrue(space.freeBytes() <= space.totalBytes(), space.toString());
    assertEquals(space.totalBytes(), gauge().look().totalBytes());
  }

  @Test
  void itTakesItsRoomAndGivesItBack() {
    assertTakes(this::growAll, () -> ballast().drop());
  }

  @Test
  void whatIsWrittenIsNotFreeAnyMore() {
    assertTakes(() -> write(bytes()), this::clear);
  }

  /// What is free falls and rises by at least half of the bytes.
  private void assertTakes(Runnable take, Runnable giveBack) {
    for (int i = 0; i < TRIES; i++) {
      long before = gauge().look().freeBytes();
      take.run();
      long taken = before - gauge().look().freeBytes();
      giveBack.run();
      long given = gauge().look().freeBytes() - (before - taken);
      if (Math.min(taken, given) >= bytes() / 2) {
        return;
      }
    }
    throw new AssertionError("in none of " + TRIES + " tries was it missing, and back again");
  }
}
