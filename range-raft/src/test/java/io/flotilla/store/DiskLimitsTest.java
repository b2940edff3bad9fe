package io.flotilla.store;

import static io.flotilla.spi.DiskStage.EXHAUSTED;
import static io.flotilla.spi.DiskStage.FULL;
import static io.flotilla.spi.DiskStage.LOW;
import static io.flotilla.spi.DiskStage.ROOMY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.DiskStage;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DiskLimitsTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;
  private static final DiskLimits LIMITS = new DiskLimits(1000, 400, 200);

  @Test
  void stagesBeginAtTheirLimits() {
    assertEquals(ROOMY, LIMITS.stage(ROOMY, 1000, 0));
    assertEquals(LOW, LIMITS.stage(ROOMY, 999, 0));
    assertEquals(LOW, LIMITS.stage(ROOMY, 400, 0));
    assertEquals(FULL, LIMITS.stage(ROOMY, 399, 0));
    assertEquals(FULL, LIMITS.stage(LOW, 100, 0));
    assertEquals(EXHAUSTED, LIMITS.stage(LOW, 99, 0));
  }

  @Test
  void stagesEndAQuarterAboveWhereTheyBegin() {
    assertEquals(LOW, LIMITS.stage(LOW, 1249, 0));
    assertEquals(ROOMY, LIMITS.stage(LOW, 1250, 0));
    assertEquals(1250, LIMITS.roomyFromBytes(0));
    assertEquals(ROOMY, LIMITS.stage(FULL, LIMITS.roomyFromBytes(200), 200));
    assertEquals(LOW, LIMITS.stage(FULL, LIMITS.roomyFromBytes(200) - 1, 200));
    assertEquals(FULL, LIMITS.stage(FULL, 499, 0));
    assertEquals(LOW, LIMITS.stage(FULL, 500, 0));
    assertEquals(LOW, LIMITS.stage(FULL, 1249, 0));
    assertEquals(ROOMY, LIMITS.stage(FULL, 1250, 0));
    assertEquals(EXHAUSTED, LIMITS.stage(EXHAUSTED, 199, 0));
    assertEquals(FULL, LIMITS.stage(EXHAUSTED, 200, 0));
  }

  @Test
  void droppingTheBallastAndMakingItAgainMovesNoStage() {
    for (DiskStage before : List.of(ROOMY, LOW, FULL)) {
      for (long free = 200; free < 2000; free++) {
        DiskStage with = LIMITS.stage(before, free, 0);
        DiskStage without = LIMITS.stage(before, free + 200, 200);
        assertEquals(with, without, "at " + free + " after " + before);
      }
    }
  }

  /// From stage to stage and back there is always a gap, wherever the free space stops moving.
  @Test
  void aDiskThatStaysAsItIsStaysInItsStage() {
    for (DiskStage before : DiskStage.values()) {
      for (long free = 0; free < 2000; free++) {
        DiskStage first = LIMITS.stage(before, free, 0);
        assertEquals(first, LIMITS.stage(first, free, 0), "at " + free + " after " + before);
      }
    }
  }

  @Test
  void withoutLimitsThereIsAlwaysRoom() {
    assertEquals(ROOMY, DiskLimits.NONE.stage(ROOMY, 0, 0));
    assertEquals(ROOMY, new DiskLimits(0, 0, 500).stage(ROOMY, 10, 500));
  }

  @Test
  void defaultsFitTheVolume() {
    assertEquals(new DiskLimits(GIB, GIB / 4, 256 * MIB), DiskLimits.of(250 * GIB, 32 * MIB));
    assertEquals(
        new DiskLimits(400 * MIB, 100 * MIB, 40 * MIB), DiskLimits.of(4000 * MIB, 4 * MIB));
    // A compaction has to fit, as far as the volume allows it at all.
    assertEquals(
        new DiskLimits(768 * MIB, 192 * MIB, 128 * MIB), DiskLimits.of(4000 * MIB, 32 * MIB));
    assertEquals(new DiskLimits(100 * MIB, 25 * MIB, 20 * MIB), DiskLimits.of(200 * MIB, 32 * MIB));
  }

  @Test
  void contradictoryLimitsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DiskLimits(10, 11, 0));
    assertThrows(IllegalArgumentException.class, () -> new DiskLimits(10, 5, -1));
    assertTrue(FULL.isAtLeast(LOW) && !LOW.isAtLeast(FULL) && LOW.isAtLeast(LOW));
  }
}
