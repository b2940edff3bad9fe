package io.flotilla.sim.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.StoreId;
import io.flotilla.sim.process.ProcessFleet.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How soon every range of a store that dies has a leader again: `.ci/deaths --help`.
public final class Deaths {
  private static final int NODES = 3;
  private static final int CLIENTS = 8;
  private static final int PAUSE_MILLIS = 10;

  /// Gets of the first moment after the death, and gets at once of those that ask for each range.
  private static final int FIRST = 200;

  private static final int AT_ONCE = 128;

  /// A steady load, before it happens.
  private static final int BEFORE_SECONDS = 15;

  /// When each range is asked for, even if not all are known to have a leader by then.
  private static final double EACH_SECONDS_MAX = 10;

  /// How often the fleet is asked how many have a leader: the grain of what that says.
  private static final long POLL_MILLIS = 250;

  private static final long SLOW_NANOS = 300_000_000;
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration WELL_MAX = Duration.ofSeconds(600);

  private final ProcessFleet fleet;
  private final Engine engine;
  private final boolean drivers;

  private Deaths(ProcessFleet fleet, Engine engine, boolean drivers) {
    this.fleet = fleet;
    this.engine = engine;
    this.drivers = drivers;
  }

  /// Exit code 0 unless an answer was wrong, a get failed, or not every range had a leader again.
  public static void main(String[] args) throws Exception {
    Arguments named =
        new Arguments(
            args,
            List.of(
                "--launcher", "--folder", "--port", "--ranges", "--count", "--rest", "--victim"));
    String victim = named.text("--victim", "driver");
    if (!List.of("driver", "other").contains(victim)) {
      System.err.println("--victim is driver or other, not " + victim);
      System.exit(2);
    }
    Path folder = named.path("--folder", "target/deaths");
    if (Files.exists(folder)) {
      System.err.println(folder + " exists: name a --folder that does not, or delete it");
      System.exit(2);
    }
    Files.createDirectories(folder);
    Path launcher = named.path("--launcher", "flotilla");
    // Ranges are cut by command alone.
    Map<String, String> options = Map.of("range-bytes-max", Long.toString(1L << 40));
    Setup setup =
        new Setup(launcher, folder, (int) named.number("--port", 4500), NODES, false, options);
    boolean right = true;
    try (ProcessFleet fleet = new ProcessFleet(setup)) {
      fleet.start();
      try (Engine engine = fleet.connect(DEADLINE)) {
        Deaths deaths = new Deaths(fleet, engine, victim.equals("driver"));
        deaths.cut(launcher, (int) named.number("--ranges", 100_000));
        for (int i = 0; i < (int) named.number("--count", 2); i++) {
          deaths.awaitSpread();
          TimeUnit.MILLISECONDS.sleep((long) (1000 * named.number("--rest", 60)));
          right &= deaths.round(i);
        }
      }
    }
    System.exit(right ? 0 : 1);
  }

  private void cut(Path launcher, int ranges) throws IOException, InterruptedException {
    long began = System.nanoTime();
    List<String> command =
        List.of(
            launcher.toString(),
            "bench",
            "--connect=" + fleet.address(1),
            "--ranges=" + ranges,
            "--keys=" + 10L * ranges,
            "--workload=get",
            "--no-preload",
            "--clients=4",
            "--seconds=1",
            "--warmup=0");
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("FLOTILLA_NO_BUILD", "1");
    if (builder.start().waitFor() != 0) {
      throw new IOException("the cut failed: what it said is above");
    }
    say("%d ranges cut in %.0f s", ranges, secondsSince(began));
  }

  /// Until every store is up, all ranges have a leader, and no store leads many more than another.
  private void awaitSpread() throws InterruptedException, IOException {
    long began = System.nanoTime();
    while (true) {
      List<StoreStatus> stores = engine.fleet().stores();
      long most = stores.stream().mapToLong(StoreStatus::leaders).max().orElse(0);
      long least = stores.stream().mapToLong(StoreStatus::leaders).min().orElse(0);
      boolean up = stores.stream().allMatch(each -> each.state() == StoreStatus.State.UP);
      if (up && most - least <= most / 20 && engine.fleet().status().leaderless() == 0) {
        say("spread after %.0f s more: %s", secondsSince(began), leaders(stores));
        return;
      }
      if (secondsSince(began) > WELL_MAX.toSeconds()) {
        throw new IOException("the fleet does not come to rest: " + stores);
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static List<Long> leaders(List<StoreStatus> stores) {
    return stores.stream().map(StoreStatus::leaders).toList();
  }

  /// What there is before a death.
  ///
  /// @param victim who is to die
  /// @param node its number
  /// @param all how many ranges there are
  /// @param lost a key of each range that the victim leads
  /// @param others of ranges that another leads, keys that were never put
  private record Scene(StoreId victim, int node, int all, List<byte[]> lost, List<String> others) {}

  private Scene scene(int number) throws IOException {
    StoreId driver = new StoreId(engine.fleet().status().placementLeaderStore());
    List<RangeStatus> ranges = engine.fleet().ranges();
    StoreId victim = drivers ? driver : another(driver, ranges);
    List<byte[]> lost = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (RangeStatus range : ranges) {
      byte[] start = range.descriptor().span().start().bytes();
      if (start.length > 0 && victim.equals(range.leader())) {
        lost.add(start);
      } else if (start.length > 0 && range.leader() != null) {
        others.add(new String(start, UTF_8) + "/" + number);
      }
    }
    if (others.size() < CLIENTS) {
      throw new IOException(
          "the others lead %d ranges, and clients want %d: cut more with --ranges"
              .formatted(others.size(), CLIENTS));
    }
    Collections.shuffle(lost, new Random(number));
    Collections.shuffle(others, new Random(number));
    return new Scene(victim, fleet.nodeOf(engine, victim), ranges.size(), lost, others);
  }

  private boolean round(int number) throws IOException, InterruptedException {
    Scene scene = scene(number);
    List<Engine> engines = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        engines.add(fleet.connect(DEADLINE));
      }
      // All get what the others put: else there would be nothing to check.
      List<String> keys = scene.others().subList(0, CLIENTS);
      Gaps load = new Gaps(engines, keys, number, PAUSE_MILLIS);
      boolean well = strike(number, scene, load);
      fleet.restartAndAwait(scene.node());
      return Kills.isRight(load) && well;
    } finally {
      engines.forEach(Engine::close);
    }
  }

  private boolean strike(int number, Scene scene, Gaps load) throws InterruptedException {
    boolean well;
    List<Gaps.Gap> gaps;
    load.begin();
    try {
      TimeUnit.SECONDS.sleep(BEFORE_SECONDS);
      load.forget();
      long struck = System.nanoTime();
      fleet.node(scene.node()).kill();
      say(
          "%d: killed store %s, which led %d of %d%s",
          number + 1,
          scene.victim(),
          scene.lost().size(),
          scene.all(),
          drivers ? " and the placement group" : "");
      well = watch(scene, struck);
    } finally {
      gaps = load.end();
    }
    say("   others: longest wait of 8 clients %.2f s; %s", longest(gaps), load.calls());
    return well;
  }

  private static StoreId another(StoreId than, List<RangeStatus> ranges) {
    return ranges.stream()
        .map(RangeStatus::leader)
        .filter(each -> each != null && !each.equals(than))
        .findFirst()
        .orElseThrow();
  }

  private static double longest(List<Gaps.Gap> gaps) {
    return gaps.stream().mapToLong(Gaps.Gap::nanos).max().orElseThrow() / 1e9;
  }

  /// What was lost, from outside: some gets at once, how many are known to have a leader, and one
  /// get for each range once all have one. Earlier, so many would load a fleet that still elects.
  /// False if something was not as it should be.
  private boolean watch(Scene scene, long struck) throws InterruptedException {
    List<byte[]> lost = scene.lost();
    Waits first = new Waits(struck);
    Waits each = new Waits(struck);
    CompletableFuture<Boolean> allLed;
    double asked;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (byte[] key : lost.subList(0, Math.min(FIRST, lost.size()))) {
        clients.execute(() -> first.get(engine, key));
      }
      allLed = CompletableFuture.supplyAsync(() -> tellLeaders(scene, struck), clients);
      asked = awaitTurn(allLed, struck);
      askForEach(lost, each, clients);
    }
    say("   gets of the first moment: %s", first.tell());
    say("   from %.2f s on a get for each range: %s", asked, each.tell());
    if (!allLed.join()) {
      say("   FAILED: not every range is known to have a leader again");
    }
    if (first.failed() + each.failed() > 0) {
      say("   FAILED: %d gets", first.failed() + each.failed());
    }
    return allLed.join() && first.failed() + each.failed() == 0;
  }

  /// Waits until all have a leader, but not for long; returns how late it is.
  private static double awaitTurn(CompletableFuture<Boolean> allLed, long struck)
      throws InterruptedException {
    try {
      allLed.get((long) (1e9 * (EACH_SECONDS_MAX - secondsSince(struck))), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      say("   not all are known to have a leader after %.0f s", EACH_SECONDS_MAX);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return secondsSince(struck);
  }

  private void askForEach(List<byte[]> lost, Waits each, ExecutorService clients)
      throws InterruptedException {
    Semaphore room = new Semaphore(AT_ONCE);
    for (byte[] key : lost) {
      room.acquire();
      clients.execute(() -> {
        try {
          each.get(engine, key);
        } finally {
          room.release();
        }
      });
    }
  }

  /// Says four times a second how many are not known to have a leader, until all have; false if
  /// that never happens.
  private boolean tellLeaders(Scene scene, long struck) {
    while (secondsSince(struck) < WELL_MAX.toSeconds()) {
      try {
        long led =
            engine.fleet().stores().stream()
                .filter(store -> !store.id().equals(scene.victim()))
                .mapToLong(StoreStatus::leaders)
                .sum();
        double late = secondsSince(struck);
        if (led >= scene.all()) {
          say("   %.2f s: all ranges are known to have a leader (grain 0.25 s)", late);
          return true;
        }
        say("   %.2f s: %d ranges not known to have a leader", late, scene.all() - led);
      } catch (EngineException failed) {
        say("   %.2f s: %s", secondsSince(struck), failed.getMessage());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException stopped) {
        return false;
      }
    }
    return false;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }

  /// When calls were answered and how long they took.
  private static final class Waits {
    private final long began;
    private final List<Long> took = new ArrayList<>();
    private long last;
    private int failed;

    Waits(long began) {
      this.began = began;
    }

    void get(Engine engine, byte[] key) {
      long asked = System.nanoTime();
      try {
        engine.get(key);
        note(asked, System.nanoTime());
      } catch (EngineException error) {
        synchronized (this) {
          failed++;
        }
      }
    }

    private synchronized void note(long asked, long answered) {
      took.add(answered - asked);
      last = Math.max(last, answered - began);
    }

    synchronized int failed() {
      return failed;
    }

    synchronized String tell() {
      long[] sorted = took.stream().mapToLong(Long::longValue).sorted().toArray();
      if (sorted.length == 0) {
        return failed + " failed, none was answered";
      }
      return String.format(
          Locale.ROOT,
          "median %.2f s, longest %.2f s, %d over 0.3 s, %d failed, the last answer %.2f s after"
              + " the death",
          sorted[sorted.length / 2] / 1e9,
          sorted[sorted.length - 1] / 1e9,
          Arrays.stream(sorted).filter(nanos -> nanos > SLOW_NANOS).count(),
          failed,
          last / 1e9);
    }
  }
}
