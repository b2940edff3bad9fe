package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.SeedRuns;
import org.junit.jupiter.api.Test;

/// Random lives of a group under every fault a store can have (paper, figure 3, after each step);
/// [SeedRuns] says which seeds, and how to choose others.
final class RandomScheduleTest {
  private static final SeedRuns<Schedule> RUNS =
      new SeedRuns<>(RandomScheduleTest.class, 200, Schedule::new);

  @Test
  void everySeedIsSafeAndComesToRest() {
    long[] seeds = RUNS.seeds().toArray();
    long terms = 0;
    long reads = 0;
    long changes = 0;
    long installs = 0;
    long rests = 0;
    for (long seed : seeds) {
      Schedule schedule = RUNS.twice(seed, _ -> {});
      terms += schedule.checks.terms();
      reads += schedule.readsServed;
      changes += schedule.membershipChanges;
      installs += schedule.installs;
      rests += schedule.rests;
    }
    int all = seeds.length;
    System.out.println(
        all
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
    if (!RUNS.isPart()) {
      assertTrue(terms > all && reads > all, "the schedules do something");
      assertTrue(rests > all, "the schedules let groups rest");
      assertTrue(changes > all && installs > all / 4, "the schedules reach the rare parts");
    }
  }
}
