package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.Human;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Three nodes that go through what nodes go through, one of which writes down what its JVM learns:
/// it takes cuts, leaders, puts and gets as all do, and the ranges of the other two, first as a
/// store among others, then as the one that leads the placement group.
final class Trial {
  private static final int NODES = 3;

  /// Who writes down; neither the first, which leads the placement group, nor one that is killed.
  private static final int PUPIL = 2;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Shell shell;
  private final Path folder;
  private final Path cache;
  private final LocalFleet fleet = new LocalFleet();

  /// @param folder for data, logs and the cache
  Trial(Shell shell, Path folder) {
    this.shell = shell;
    this.folder = folder;
    this.cache = folder.resolve("node.aot");
  }

  /// Returns the cache, a file in the trial's folder.
  Path run(int ranges) {
    tell("starting " + Human.plural(NODES, "node") + " ...");
    for (int number = 1; number <= NODES; number++) {
      fleet.startNext(folder, "127.0.0.1:0", number == PUPIL ? recording() : List.of());
    }
    try (Engine engine =
        shell.connector().connect(fleet.addresses(), new EngineOptions(DEADLINE))) {
      fleet.awaitReplicated(engine);
      tell("cutting ranges, putting and getting ...");
      load(ranges);
      lose(engine, 1);
      lead(engine, PUPIL);
      lose(engine, NODES);
    }
    tell("writing down what was learnt ...");
    ChildNode pupil = fleet.node(PUPIL);
    pupil.stop();
    pupil.awaitStop(PATIENCE);
    if (!Files.exists(cache)) {
      throw new CommandFailure("the JVM wrote no cache; it needs a JDK 25 or newer for that");
    }
    return cache;
  }

  /// What is compiled in full here is compiled soon later. So it is enough here to be run hundreds
  /// of times, not thousands.
  private List<String> recording() {
    return List.of(
        "-XX:AOTCacheOutput=" + cache,
        "-XX:Tier4InvocationThreshold=500",
        "-XX:Tier4MinInvocationThreshold=100",
        "-XX:Tier4CompileThreshold=1500");
  }

  /// What there is besides elections.
  private void load(int ranges) {
    bench(
        "--workload=mixed",
        "--ranges=" + ranges,
        "--keys=" + 4 * ranges,
        "--clients=16",
        "--seconds=5");
    bench("--workload=scan", "--keys=" + 4 * ranges, "--no-preload", "--seconds=2", "--warmup=0");
  }

  private void bench(String... options) {
    List<String> command = new ArrayList<>(JavaCommand.ofThisProcess());
    command.addAll(List.of("bench", "--connect=" + fleet.addresses()));
    command.addAll(List.of(options));
    Path log = folder.resolve("bench.log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (process.waitFor() != 0) {
        throw new CommandFailure("the trial's load failed: " + Files.readString(log).strip());
      }
    } catch (IOException e) {
      throw new CommandFailure("cannot run the trial's load: " + IoReason.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  /// Kills a node, waits until the others lead what it led, and takes it back.
  private void lose(Engine engine, int number) {
    await(engine, "spread leaders", Trial::isSpread);
    StoreId store = storeOf(engine, number);
    long all = engine.fleet().ranges().size();
    tell("killing node " + number + " ...");
    fleet.node(number).kill();
    fleet.node(number).awaitStop();
    await(engine, "lead what node " + number + " led", stores -> ledBesides(stores, store) >= all);
    fleet.restart(folder, number);
  }

  private static boolean isSpread(List<StoreStatus> stores) {
    long most = stores.stream().mapToLong(StoreStatus::leaders).max().orElse(0);
    long least = stores.stream().mapToLong(StoreStatus::leaders).min().orElse(0);
    return stores.stream().allMatch(each -> each.state() == StoreStatus.State.UP)
        && most - least <= 2 + most / 10;
  }

  private static long ledBesides(List<StoreStatus> stores, StoreId store) {
    return stores.stream()
        .filter(each -> !each.id().equals(store))
        .mapToLong(StoreStatus::leaders)
        .sum();
  }

  private StoreId storeOf(Engine engine, int number) {
    String address = fleet.node(number).address();
    return engine.fleet().stores().stream()
        .filter(each -> each.address().equals(address))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private void lead(Engine engine, int number) {
    StoreId store = storeOf(engine, number);
    RangeId placement =
        engine.fleet().ranges().stream()
            .map(RangeStatus::descriptor)
            .filter(each -> each.isPlacement())
            .findFirst()
            .orElseThrow()
            .id();
    engine.fleet().transferLeader(placement, store);
  }

  private static void await(Engine engine, String what, Predicate<List<StoreStatus>> until) {
    long began = System.nanoTime();
    while (!isTrue(engine, until)) {
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      if (waited.compareTo(PATIENCE) > 0) {
        throw new CommandFailure(
            "the trial's nodes did not %s within %s: the machine may be too busy"
                .formatted(what, Human.duration(waited)));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean isTrue(Engine engine, Predicate<List<StoreStatus>> until) {
    try {
      return until.test(engine.fleet().stores());
    } catch (EngineException failed) {
      // A new leader of the placement group may not know all yet.
      return false;
    }
  }

  private void tell(String line) {
    shell.print(line);
    shell.terminal().out().flush();
  }

  void end() {
    fleet.nodes().forEach(ChildNode::kill);
    fleet.nodes().forEach(ChildNode::awaitStop);
  }
}
