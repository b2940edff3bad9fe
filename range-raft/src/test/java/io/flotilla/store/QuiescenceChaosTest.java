package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.ChaosRun;
import io.flotilla.sim.SimFleet;
import io.flotilla.store.planted.DrowsySeeds;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole stores under random faults, with clients that rest now and then, so that ranges fall
/// asleep and wake in the midst of it. `-Dflotilla.seed=N` runs one seed, `-Dflotilla.seeds=N` the
/// first N.
final class QuiescenceChaosTest {
  private static final long RAGE = 8 * SimFleet.SECOND;

  static LongStream seeds() {
    String one = System.getProperty("flotilla.seed");
    return one != null
        ? LongStream.of(Long.parseLong(one))
        : LongStream.rangeClosed(1, Long.getLong("flotilla.seeds", 10));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sleepingRangesLoseNothingAndAnswerNothingOld(long seed) {
    ChaosRun run = new ChaosRun(seed, DrowsySeeds.options(), true);
    run.run(RAGE);
    assertTrue(run.acknowledged() > 0, "something was written: " + run.acknowledged());
    assertTrue(run.reads() > 20, "much was read: " + run.reads());
  }

  @Test
  void theSameWithoutQuiescence() {
    StoreOptions awake =
        SimFleet.smallOptions()
            .withLiveness(SimFleet.smallOptions().liveness().withQuiescence(false));
    ChaosRun run = new ChaosRun(5, awake, true);
    run.run(RAGE);
    assertEquals(0, run.readsAsleep());
  }

  @Test
  void manyReadsFindTheirRangeAsleep() {
    long asleep = 0;
    for (long seed = 1; seed <= 10; seed++) {
      ChaosRun run = new ChaosRun(seed, DrowsySeeds.options(), true);
      run.run(RAGE);
      asleep += run.readsAsleep();
    }
    assertTrue(asleep > 300, "reads of sleeping ranges: " + asleep);
  }

  @Test
  void aSeedIsTheWholeStory() {
    assertEquals(digest(), digest());
  }

  private static long digest() {
    return new ChaosRun(78, DrowsySeeds.options(), true).run(RAGE / 2);
  }
}
