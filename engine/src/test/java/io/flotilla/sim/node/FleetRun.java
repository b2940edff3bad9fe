package io.flotilla.sim.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.flotilla.sim.clients.Clients;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.slf4j.LoggerFactory;

/// One seed: a fleet that starts, serves, fails, heals, and is judged.
public final class FleetRun {
  /// The first argument where seeds are listed one by one.
  static final String EACH = "--each";

  private static final Duration WELL = Duration.ofSeconds(1);

  private final SimulatedFleet fleet;
  private final boolean tight;
  private final int waveMax;
  private final Duration rage;
  private int operations;
  private Map<FaultPlan.Kind, Integer> faults = Map.of();

  public FleetRun(long seed) {
    RandomSource random = new RandomSource(seed).fork("run");
    RandomSource balance = new RandomSource(seed).fork("balance");
    Map<String, String> options =
        Map.of(
            "leader-gap",
            String.valueOf(balance.nextInt(4)),
            "leader-settle-millis",
            balance.oneIn(2) ? "500" : "3000",
            "log-bytes-max",
            "65536",
            "range-bytes-max",
            "16777216",
            "retention-millis",
            random.oneIn(3) ? "2000" : "600000",
            "store-dead-millis",
            new RandomSource(seed).fork("dead").oneIn(2) ? "2000" : "15000",
            "reads",
            random.oneIn(8) ? "quorum" : "lease");
    this.tight = random.oneIn(3);
    this.waveMax = tight || new RandomSource(seed).fork("flood").oneIn(3) ? 24 : 1;
    this.fleet = new SimulatedFleet(seed, 3 + random.nextInt(3), options, tight);
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
    Clients clients = new Clients(new SimulatedSurroundings(fleet, waveMax), 6);
    new Visitors(fleet, clients).begin();
    fleet.runFor(WELL);
    FaultPlan plan = new FaultPlan(fleet);
    faults = plan.drawn();
    fleet.rules().onExit(plan::onExit);
    fleet.runFor(rage);
    plan.end();
    fleet.rules().onExit(_ -> plan.restartAll());
    Verdict verdict = new Verdict(fleet, clients);
    verdict.requireHealing();
    clients.stop();
    fleet.runUntil("all calls to end", Duration.ofSeconds(10), clients::isIdle);
    verdict.requireExplanation();
    operations = clients.history().size();
    fleet.world().trace(clients.history().byKey().toString());
    return fleet.digest();
  }

  /// How many calls of clients were answered.
  public int operations() {
    return operations;
  }

  /// How often each kind of fault happened.
  Map<FaultPlan.Kind, Integer> faults() {
    return faults;
  }

  public SimulatedFleet fleet() {
    return fleet;
  }

  /// Runs the seeds `args[0]` to `args[1]` and prints what came of each: for people. With
  /// `--until-failure` the first failure is the last one; after `--each` the seeds are listed.
  public static void main(String[] args) {
    quiet();
    boolean once = List.of(args).contains("--until-failure");
    int failed = 0;
    int done = 0;
    Map<FaultPlan.Kind, Integer> faults = new EnumMap<>(FaultPlan.Kind.class);
    long began = System.nanoTime();
    for (long seed : seeds(args)) {
      if (once && failed > 0) {
        break;
      }
      done++;
      FleetRun run = new FleetRun(seed);
      try {
        String digest = Long.toHexString(run.run());
        System.out.println("seed " + seed + ": " + digest + ", " + run.operations() + " calls");
      } catch (AssertionError failure) {
        failed++;
        System.out.println("FAILED " + failure.getMessage());
      }
      run.faults().forEach((kind, times) -> faults.merge(kind, times, Integer::sum));
    }
    double rate = done / ((System.nanoTime() - began) / 1e9);
    System.out.println(done + " seeds, " + failed + " failed, " + rate + " a second");
    System.out.println("faults: " + faults);
  }

  private static long[] seeds(String[] args) {
    if (args[0].equals(EACH)) {
      return Arrays.stream(args).skip(1).mapToLong(Long::parseLong).toArray();
    }
    long from = Long.parseLong(args[0]);
    return LongStream.rangeClosed(from, args.length > 1 ? Long.parseLong(args[1]) : from).toArray();
  }

  /// Fleets that fail by the hundred need not be told of in the log.
  static void quiet() {
    ((Logger) LoggerFactory.getLogger("io.flotilla")).setLevel(Level.OFF);
  }
}
