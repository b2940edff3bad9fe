package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Random lives of a group under every fault a store can have (paper, figure 3, after each step). A
/// failing seed is printed; `-Draft.seed=N` runs it alone, `-Draft.seeds=N` runs more.
final class RandomScheduleTest {
  private static final int STEPS = 20000;

  @Test
  void everySeedIsSafeAndComesToRest() {
    long only = Long.getLong("raft.seed", -1);
    long seeds = only >= 0 ? 1 : Long.getLong("raft.seeds", 200);
    long terms = 0;
    long reads = 0;
    long changes = 0;
    long installs = 0;
    long rests = 0;
    for (long i = 0; i < seeds; i++) {
      long seed = only >= 0 ? only : i;
      Schedule schedule = new Schedule(seed);
      try {
        schedule.run(STEPS);
        schedule.heal();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError(
            "seed "
                + seed
                + " failed, replay with -Draft.seed="
                + seed
                + ": "
                + failure.getMessage(),
            failure);
      }
      terms += schedule.checks.terms();
      reads += schedule.readsServed;
      changes += schedule.membershipChanges;
      installs += schedule.installs;
      rests += schedule.rests;
    }
    System.out.println(
        seeds
            + " seeds: "
            + terms
            + " terms, "
            + reads
            + " reads, "
            + changes
            + " applied changes, "
            + installs
            + " installs, "
            + rests
            + " rests");
    if (only < 0) {
      assertTrue(terms > seeds && reads > seeds, "the schedules do something");
      assertTrue(rests > seeds, "the schedules let groups rest");
      assertTrue(changes > seeds && installs > seeds / 4, "the schedules reach the rare parts");
    }
  }
}
