package io.flotilla.cli.bench;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.ProgressLine;
import io.flotilla.cli.term.ProgressText;
import io.flotilla.engine.Engine;
import io.flotilla.engine.ReadMode;
import io.flotilla.engine.admin.StoreStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flotilla bench`.
@Command(
    name = "bench",
    customSynopsis = "flotilla bench --workload KIND [OPTIONS]",
    header = "Measure throughput, latencies, errors, CPU time per operation.",
    description = {
      "A closed loop: each client sends its next operation when the last one is "
          + "answered. Keys are bench/0000000000 and up (16 bytes), drawn at random; "
          + "they stay in the fleet afterwards. For get, mixed and scan every key is "
          + "put first. CPU time counts this process and the nodes that run on this "
          + "machine."
    },
    footer = {
      "",
      "Examples:",
      "  flotilla bench --workload put --clients 64 --seconds 10",
      "  flotilla bench --workload get --clients 256 --ranges 16 --json"
    })
public final class BenchCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Option(
      names = "--workload",
      required = true,
      paramLabel = "KIND",
      description = "put, mixed (half puts, half gets), get or scan.")
  private Workload workload = Workload.PUT;

  @Option(
      names = "--read",
      paramLabel = "MODE",
      description = {
        "How gets are answered: lease (by the leader, by its lease), index (by the leader, once a "
            + "quorum has confirmed it) or follower (by a follower that asked the leader). "
            + "Default: lease."
      })
  private ReadMode read = ReadMode.LEASE;

  @Option(names = "--clients", paramLabel = "N", description = "Default: 16.")
  private int clients = 16;

  @Option(names = "--seconds", paramLabel = "N", description = "Measure so long. Default: 10.")
  private int seconds = 10;

  @Option(names = "--warmup", paramLabel = "SECONDS", description = "Run before. Default: 3.")
  private int warmup = 3;

  @Option(names = "--keys", paramLabel = "N", description = "Default: 100000.")
  private long keys = 100_000;

  @Option(names = "--value-bytes", paramLabel = "N", description = "Default: 256.")
  private int valueBytes = 256;

  @Option(
      names = "--scan-length",
      paramLabel = "N",
      description = "Entries a scan reads. Default: 100.")
  private int scanLength = 100;

  @Option(
      names = "--ranges",
      paramLabel = "N",
      description = "Split the keys into so many ranges first. Default: leave them.")
  private int ranges;

  @Option(names = "--no-preload", description = "The keys are there already: do not put them.")
  private boolean noPreload;

  @Option(
      names = "--pids",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "PID[,…]",
      description = "The nodes' processes, if they are on this machine and not found.")
  private List<Long> pids = new ArrayList<>();

  public BenchCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (seconds < 1 || warmup < 0) {
      throw new WrongUsage("--seconds must be at least 1, --warmup at least 0");
    }
    BenchPlan plan =
        new BenchPlan(
            workload,
            clients,
            Duration.ofSeconds(warmup),
            Duration.ofSeconds(seconds),
            keys,
            valueBytes,
            scanLength,
            ranges);
    shell.with(fleet, engine -> print(bench(engine, plan)));
  }

  private void print(BenchReport report) {
    if (fleet.json()) {
      shell.printJson(report.json());
    } else {
      shell.terminal().out().print(report.text());
    }
  }

  private BenchReport bench(Engine engine, BenchPlan plan) {
    BenchKeys benchKeys = new BenchKeys(plan.valueBytes());
    List<StoreStatus> stores = engine.fleet().stores();
    BenchSetup setup = new BenchSetup(shell, engine, plan);
    setup.split();
    if (plan.workload().needsData() && !noPreload) {
      setup.preload(benchKeys);
    }
    Collection<Long> nodes =
        pids.isEmpty() ? LocalNodes.pids(stores.stream().map(StoreStatus::address).toList()) : pids;
    try {
      return measure(engine, new Driver(engine.withReads(read), plan, benchKeys), plan, nodes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  private BenchReport measure(Engine engine, Driver driver, BenchPlan plan, Collection<Long> nodes)
      throws InterruptedException {
    driver.start();
    pass(driver, "ops, warming up", plan.warmup());
    CpuMeter meter = CpuMeter.start(nodes);
    long started = System.nanoTime();
    driver.startMeasuring();
    pass(driver, "ops", plan.duration());
    driver.stopMeasuring();
    Duration measured = Duration.ofNanos(System.nanoTime() - started);
    CpuMeter.Spent cpu = meter.spent();
    Driver.Seen seen = driver.finish(fleet.timeout().plusSeconds(2));
    return new BenchReport(plan, measured, seen, cpu, facts(engine));
  }

  private void pass(Driver driver, String what, Duration duration) throws InterruptedException {
    long started = System.nanoTime();
    long before = driver.completed();
    try (ProgressLine _ =
        ProgressLine.start(
            shell.terminal(),
            () -> {
              Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
              double share = (double) elapsed.toNanos() / duration.toNanos();
              return new ProgressText.Moment(
                  what, driver.completed() - before, share, elapsed, Duration.ZERO);
            })) {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }
  }

  private static BenchReport.FleetFacts facts(Engine engine) {
    List<StoreStatus> stores = engine.fleet().stores();
    String durability =
        stores.stream().map(StoreStatus::durability).distinct().collect(Collectors.joining("; "));
    return new BenchReport.FleetFacts(stores.size(), engine.fleet().status().ranges(), durability);
  }
}
