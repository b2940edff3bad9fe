package io.flotilla.sim.node;

import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.Map;

/// One seed: a fleet that starts, serves, fails, heals, and is judged.
public final class FleetRun {
  private static final Duration WELL = Duration.ofSeconds(1);

  private final SimulatedFleet fleet;
  private final Duration rage;
  private int operations;

  public FleetRun(long seed) {
    RandomSource random = new RandomSource(seed).fork("run");
    Map<String, String> options =
        Map.of(
            "log-bytes-max",
            "65536",
            "range-bytes-max",
            "16777216",
            "retention-millis",
            random.oneIn(3) ? "2000" : "600000",
            "reads",
            random.oneIn(8) ? "quorum" : "lease");
    this.fleet = new SimulatedFleet(seed, 3 + random.nextInt(3), options);
    fleet.advise(
        "to see it again: mvn -q -pl engine -am test -Dtest=FleetSeedsTest -Dflotilla.seed="
            + seed
            + " -Dsurefire.failIfNoSpecifiedTests=false");
    this.rage = Duration.ofSeconds(4 + random.nextInt(12));
  }

  /// Returns the digest of all that happened.
  ///
  /// @throws AssertionError what is wrong, at which moment, and what happened before it
  public long run() {
    try {
      return runAll();
    } catch (RuntimeException | AssertionError failure) {
      throw fleet.failed(failure);
    }
  }

  private long runAll() {
    fleet.start();
    Workload workload = new Workload(fleet, 5);
    fleet.runFor(WELL);
    FaultPlan faults = new FaultPlan(fleet);
    Operators operators = new Operators(fleet);
    fleet.rules().onExit(faults::onExit);
    fleet.runFor(rage);
    operators.repairOnly();
    faults.end();
    fleet.rules().onExit(_ -> faults.restartAll());
    Verdict verdict = new Verdict(fleet, workload);
    verdict.requireHealing();
    operators.stop();
    workload.stop();
    fleet.runUntil("all calls to end", Duration.ofSeconds(10), workload::isIdle);
    verdict.requireExplanation();
    operations = workload.history().size();
    return fleet.digest();
  }

  /// How many calls of clients were answered.
  public int operations() {
    return operations;
  }

  public SimulatedFleet fleet() {
    return fleet;
  }

  /// Runs the seeds `args[0]` to `args[1]` and prints what came of each: for people.
  public static void main(String[] args) {
    long from = Long.parseLong(args[0]);
    long to = args.length > 1 ? Long.parseLong(args[1]) : from;
    int failed = 0;
    long began = System.nanoTime();
    for (long seed = from; seed <= to; seed++) {
      FleetRun run = new FleetRun(seed);
      try {
        long digest = run.run();
        System.out.println(
            "seed "
                + seed
                + ": "
                + Long.toHexString(digest)
                + ", "
                + run.operations()
                + " operations, "
                + run.fleet.now().toSeconds()
                + " s");
      } catch (AssertionError failure) {
        failed++;
        System.out.println("FAILED " + failure.getMessage());
        if (from == to && failure.getCause() != null) {
          failure.getCause().printStackTrace(System.out);
        }
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.println(
        (to - from + 1)
            + " seeds, "
            + failed
            + " failed, "
            + (to - from + 1) / seconds
            + " seeds a second");
  }
}
