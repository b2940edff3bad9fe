package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.ChaosRun;
import io.flotilla.sim.SeedRuns;
import io.flotilla.sim.SimFleet;
import io.flotilla.store.planted.DrowsySeeds;
import org.junit.jupiter.api.Test;

/// Whole stores under random faults, with clients that rest now and then, so that ranges fall
/// asleep and wake in the midst of it; [SeedRuns] says which seeds, and how to choose others.
final class QuiescenceChaosTest {
  private static final SeedRuns<ChaosRun> RUNS =
      new SeedRuns<>(QuiescenceChaosTest.class, 10, DrowsySeeds::life);

  @Test
  void sleepingRangesLoseNothingAndAnswerNothingOld() {
    long asleep = 0;
    for (long seed : RUNS.seeds().toArray()) {
      asleep += RUNS.twice(seed, QuiescenceChaosTest::judge).readsAsleep();
    }
    assertTrue(RUNS.isPart() || asleep > 300, "reads of sleeping ranges: " + asleep);
  }

  private static void judge(ChaosRun run) {
    assertTrue(run.acknowledged() > 0, "something was written: " + run.acknowledged());
    assertTrue(run.reads() > 20, "much was read: " + run.reads());
  }

  @Test
  void theSameWithoutQuiescence() {
    StoreOptions awake =
        SimFleet.smallOptions()
            .withLiveness(SimFleet.smallOptions().liveness().withQuiescence(false));
    ChaosRun run = new ChaosRun(5, awake, true, 8 * SimFleet.SECOND);
    run.run();
    assertEquals(0, run.readsAsleep());
  }
}
