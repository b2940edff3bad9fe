package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.ChaosRun;
import io.flotilla.sim.SimFleet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole stores under random faults. `-Dflotilla.seed=N` runs one seed, `-Dflotilla.seeds=N` the
/// first N.
final class StoreChaosTest {
  private static final long RAGE = 6 * SimFleet.SECOND;

  static LongStream seeds() {
    String one = System.getProperty("flotilla.seed");
    return one != null
        ? LongStream.of(Long.parseLong(one))
        : LongStream.rangeClosed(1, Long.getLong("flotilla.seeds", 30));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingAcknowledgedIsLostAndEverythingHeals(long seed) {
    ChaosRun run = new ChaosRun(seed);
    try {
      run.run(RAGE);
    } catch (RuntimeException | AssertionError failure) {
      String replay = "seed " + seed + " failed, replay with -Dflotilla.seed=" + seed + ": ";
      throw new AssertionError(replay + failure.getMessage(), failure);
    }
    assertTrue(run.acknowledged() > 50, "something was written: " + run.acknowledged());
    assertTrue(run.reads() > 20, "something was read: " + run.reads());
  }

  @Test
  void aSeedIsTheWholeStory() {
    assertEquals(new ChaosRun(77).run(RAGE / 2), new ChaosRun(77).run(RAGE / 2));
  }
}
