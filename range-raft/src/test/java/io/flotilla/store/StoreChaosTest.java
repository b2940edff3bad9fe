package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.ChaosRun;
import io.flotilla.sim.SeedRuns;
import io.flotilla.sim.SimFleet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole stores under random faults; [SeedRuns] says which seeds, and how to choose others.
final class StoreChaosTest {
  private static final SeedRuns<ChaosRun> RUNS =
      new SeedRuns<>(StoreChaosTest.class, 30, seed -> new ChaosRun(seed, 6 * SimFleet.SECOND));

  static LongStream seeds() {
    return RUNS.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingAcknowledgedIsLostAndEverythingHeals(long seed) {
    RUNS.twice(
        seed,
        run -> {
          assertTrue(run.acknowledged() > 50, "something was written: " + run.acknowledged());
          assertTrue(run.reads() > 20, "something was read: " + run.reads());
        });
  }
}
