package io.flotilla.sim.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import io.flotilla.sim.history.Linearizable;
import io.flotilla.sim.process.ProcessFleet.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// How long clients wait for keys of a store that is killed or paused: `.ci/kills --help`.
public final class Kills {
  private static final int NODES = 3;
  private static final int CLIENTS = 8;
  private static final int RANGES = 16;
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration WELL_MAX = Duration.ofSeconds(60);

  /// Load before the fault, with the fault, and after it.
  private static final long BEFORE_MILLIS = 2_000;

  private static final long DURING_MILLIS = 4_000;
  private static final long AFTER_MILLIS = 1_500;

  private final ProcessFleet fleet;
  private final boolean pausing;
  private final Engine engine;

  private Kills(ProcessFleet fleet, boolean pausing) {
    this.fleet = fleet;
    this.pausing = pausing;
    this.engine = fleet.connect(DEADLINE);
  }

  /// Exit code 0 unless an answer was wrong.
  public static void main(String[] args) throws Exception {
    Arguments named =
        new Arguments(args, List.of("--launcher", "--folder", "--port", "--count", "--how"));
    Path folder = named.path("--folder", "target/kills");
    if (Files.exists(folder)) {
      System.err.println(folder + " exists: name a --folder that does not, or delete it");
      System.exit(2);
    }
    Files.createDirectories(folder);
    int port = (int) named.number("--port", 4500);
    Setup setup =
        new Setup(named.path("--launcher", "flotilla"), folder, port, NODES, false, Map.of());
    boolean right;
    try (ProcessFleet fleet = new ProcessFleet(setup)) {
      fleet.start();
      boolean pausing = named.text("--how", "kill").equals("pause");
      Kills kills = new Kills(fleet, pausing);
      right = kills.run((int) named.number("--count", 20));
      kills.engine.close();
    }
    System.exit(right ? 0 : 1);
  }

  private boolean run(int count) throws IOException, InterruptedException {
    for (int i = 1; i < RANGES; i++) {
      Key at = Key.of(key(i).getBytes(UTF_8));
      engine.fleet().split(engine.fleet().rangeOf(at).descriptor().id(), Optional.of(at));
    }
    List<Long> gaps = new ArrayList<>();
    boolean right = true;
    for (int i = 0; i < count; i++) {
      String complaint = fleet.awaitWell(engine, WELL_MAX);
      if (complaint != null) {
        throw new IOException("the fleet does not heal: " + complaint);
      }
      right &= round(i, gaps);
    }
    gaps.sort(Comparator.naturalOrder());
    System.out.printf(
        Locale.ROOT,
        "%d times: median %.2f s, worst %.2f s%n",
        count,
        seconds((gaps.get((count - 1) / 2) + gaps.get(count / 2)) / 2),
        seconds(gaps.getLast()));
    return right;
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  /// A key of range `i`.
  private static String key(int i) {
    return String.format(Locale.ROOT, "kill/%02d", i);
  }

  private boolean round(int number, List<Long> gaps) throws IOException, InterruptedException {
    Map<StoreId, List<String>> led = new TreeMap<>();
    for (int i = 0; i < RANGES; i++) {
      RangeStatus range = engine.fleet().rangeOf(Key.of(key(i).getBytes(UTF_8)));
      StoreId leader = range.leader();
      if (leader != null) {
        // Keys of this round alone: nothing is there before.
        led.computeIfAbsent(leader, _ -> new ArrayList<>()).add(key(i) + "/" + number);
      }
    }
    StoreId victim = victim(led);
    List<String> keys = led.get(victim);
    boolean drives = engine.fleet().status().placementLeaderStore() == victim.value();
    List<Engine> engines = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      engines.add(fleet.connect(DEADLINE));
    }
    Gaps load = new Gaps(engines, keys, number, 0);
    load.begin();
    // Not always at the same moment of a tick, a beat or a report.
    TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS + 37L * number % 500);
    load.forget();
    long struck = System.nanoTime();
    int node = fleet.nodeOf(engine, victim);
    strike(node);
    TimeUnit.MILLISECONDS.sleep(DURING_MILLIS);
    restore(node);
    TimeUnit.MILLISECONDS.sleep(AFTER_MILLIS);
    List<Gaps.Gap> seen = load.end();
    engines.forEach(Engine::close);
    String lost = keys.size() + " of " + RANGES + (drives ? " and the placement group" : "");
    gaps.add(tell(number, victim, lost, seen, struck));
    return isRight(load);
  }

  private static StoreId victim(Map<StoreId, List<String>> led) {
    StoreId most = null;
    for (Map.Entry<StoreId, List<String>> each : led.entrySet()) {
      if (most == null || each.getValue().size() > led.get(most).size()) {
        most = each.getKey();
      }
    }
    if (most == null) {
      throw new IllegalStateException("no store leads anything");
    }
    return most;
  }

  private void strike(int node) throws IOException, InterruptedException {
    if (pausing) {
      fleet.node(node).pause();
    } else {
      fleet.node(node).kill();
    }
  }

  private void restore(int node) throws IOException, InterruptedException {
    if (pausing) {
      fleet.node(node).resume();
    } else {
      fleet.restartAndAwait(node);
    }
  }

  private static long tell(
      int number, StoreId victim, String lost, List<Gaps.Gap> seen, long struck) {
    List<Gaps.Gap> sorted = new ArrayList<>(seen);
    sorted.sort(Comparator.comparingLong(Gaps.Gap::nanos));
    Gaps.Gap longest = sorted.getLast();
    System.out.printf(
        Locale.ROOT,
        "%2d  store %s, which led %s: longest gap %.2f s (%s, over %.2f s after),"
            + " shortest of a client %.2f s%n",
        number + 1,
        victim,
        lost,
        seconds(longest.nanos()),
        longest.key(),
        seconds(longest.until() - struck),
        seconds(sorted.getFirst().nanos()));
    return longest.nanos();
  }

  /// Says what is wrong with the history, if anything is.
  static boolean isRight(Gaps load) {
    return switch (load.history().check()) {
      case Linearizable.Verdict.Good() -> true;
      case Linearizable.Verdict.Bad(var key, var why) -> {
        System.out.println("VIOLATION: " + key + " is not linearizable: " + why);
        yield false;
      }
      case Linearizable.Verdict.TooHard(var key) -> {
        System.out.println("the history of " + key + " is too hard to check");
        yield false;
      }
    };
  }
}
