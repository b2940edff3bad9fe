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
import io.flotilla.keyspace.StoreId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

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
      lose(engine, 1, () -> true);
      lose(engine, NODES, () -> pupilLeads(engine));
    }
    tell("writing down what was learnt ...");
    fleet.requireAlive();
    writeDown(fleet.node(PUPIL));
    requireUsable();
    return cache;
  }

  private void writeDown(ChildNode pupil) {
    pupil.stop();
    if (!pupil.awaitStop(PATIENCE)) {
      throw new CommandFailure(
          "node %d did not write it down within %s".formatted(PUPIL, Human.duration(PATIENCE)));
    }
    if (!Files.exists(cache)) {
      throw new CommandFailure("the JVM wrote no cache: " + pupil.lastLine());
    }
  }

  /// A JVM that cannot use a cache says nothing and starts without it, unless it is asked.
  private void requireUsable() {
    List<String> command = new ArrayList<>(JavaCommand.ofThisProcess());
    command.addAll(command.size() - 1, List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on"));
    command.add("--version");
    Path log = folder.resolve("check.log");
    if (exitCode(command, log) != 0) {
      throw new CommandFailure("the JVM cannot use what it wrote: " + ChildNode.lastLine(log));
    }
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
    if (exitCode(command, log) != 0) {
      throw new CommandFailure("the trial's load failed: " + ChildNode.lastLine(log));
    }
  }

  private int exitCode(List<String> command, Path log) {
    try {
      return fleet
          .startHelper(
              new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()))
          .waitFor();
    } catch (IOException e) {
      throw new CommandFailure("cannot run the trial's programs: " + IoReason.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  /// What a node leads before it is killed.
  ///
  /// @param all how many ranges there are, whoever leads them
  private record Before(StoreId store, long all) {}

  /// Kills a node once the leaders are spread and `ready` says so, waits until the others lead what
  /// it led, and takes it back.
  private void lose(Engine engine, int number, BooleanSupplier ready) {
    Before before =
        await(
            "spread leaders",
            () -> {
              List<StoreStatus> stores = engine.fleet().stores();
              boolean isTime = ready.getAsBoolean() && isSpread(stores);
              long all = isTime ? engine.fleet().ranges().size() : 0;
              return isTime
                  ? storeOf(stores, number).map(store -> new Before(store, all))
                  : Optional.empty();
            });
    tell("killing node " + number + " ...");
    fleet.node(number).kill();
    fleet.node(number).awaitStop();
    boolean _ =
        await(
            "lead what node " + number + " led",
            () -> {
              long led = ledBesides(engine.fleet().stores(), before.store());
              return led >= before.all() ? Optional.of(true) : Optional.empty();
            });
    fleet.restart(folder, number);
  }

  /// The placement driver leaves small differences as they are (`leader-gap`).
  static boolean isSpread(List<StoreStatus> stores) {
    long most = stores.stream().mapToLong(StoreStatus::leaders).max().orElse(0);
    long least = stores.stream().mapToLong(StoreStatus::leaders).min().orElse(0);
    return stores.stream().allMatch(each -> each.state() == StoreStatus.State.UP)
        && most - least <= Math.max(8, most / 10);
  }

  private static long ledBesides(List<StoreStatus> stores, StoreId store) {
    return stores.stream()
        .filter(each -> !each.id().equals(store))
        .mapToLong(StoreStatus::leaders)
        .sum();
  }

  private Optional<StoreId> storeOf(List<StoreStatus> stores, int number) {
    String address = fleet.node(number).address();
    return stores.stream()
        .filter(each -> each.address().equals(address))
        .map(StoreStatus::id)
        .findFirst();
  }

  /// Whether the pupil leads the placement group; asks for it if not.
  private boolean pupilLeads(Engine engine) {
    StoreId pupil = storeOf(engine.fleet().stores(), PUPIL).orElse(null);
    if (pupil == null || pupil.value() == engine.fleet().status().placementLeaderStore()) {
      return pupil != null;
    }
    engine.fleet().ranges().stream()
        .map(RangeStatus::descriptor)
        .filter(each -> each.isPlacement())
        .findFirst()
        .ifPresent(each -> engine.fleet().transferLeader(each.id(), pupil));
    return false;
  }

  /// Asks until there is an answer. A call that fails is made again: a new leader of the placement
  /// group may not know all yet.
  private <T> T await(String what, Supplier<Optional<T>> question) {
    long began = System.nanoTime();
    while (true) {
      fleet.requireAlive();
      Optional<T> answer;
      try {
        answer = question.get();
      } catch (EngineException failed) {
        answer = Optional.empty();
      }
      if (answer.isPresent()) {
        return answer.orElseThrow();
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      if (waited.compareTo(PATIENCE) > 0) {
        throw new CommandFailure(
            "the trial's nodes did not %s within %s: the machine may be too busy"
                .formatted(what, Human.duration(waited)));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private void tell(String line) {
    shell.print(line);
    shell.terminal().out().flush();
  }

  /// Ends all that runs; also from another thread, while the trial runs.
  void end() {
    fleet.kill();
  }
}
