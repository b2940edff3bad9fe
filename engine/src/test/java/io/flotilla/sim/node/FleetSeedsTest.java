package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whole fleets by the seed. `-Dflotilla.seed=N` runs that seed alone; `-Dflotilla.seeds=N` so many
/// instead of the default; `-Dflotilla.soak=90m` goes on for as long as that (units s, m, h), and
/// `-Dflotilla.threads=1` leaves a core to others.
final class FleetSeedsTest {
  private static final int SEEDS = 120;
  private static final int THREADS = Integer.getInteger("flotilla.threads", 2);
  private static final Map<FaultPlan.Kind, Integer> FAULTS = new EnumMap<>(FaultPlan.Kind.class);

  @BeforeAll
  static void quiet() {
    FleetRun.quiet();
  }

  @Test
  void theSeedThatWasAskedFor() {
    String seed = System.getProperty("flotilla.seed");
    assumeTrue(seed != null, "no -Dflotilla.seed");
    FleetRun run = new FleetRun(Long.parseLong(Objects.requireNonNull(seed)));
    long digest = run.run();
    System.out.println("seed " + seed + " is well: " + Long.toHexString(digest));
  }

  @Test
  void keptSeeds() throws Exception {
    assumeTrue(isPlain(), "something else was asked for");
    runTwice(listed("kept-seeds.txt"));
  }

  @Test
  void seeds() throws Exception {
    assumeTrue(isPlain(), "something else was asked for");
    List<Long> open = listed("open-seeds.txt");
    List<Long> seeds = new ArrayList<>();
    for (long seed = 1; seed <= Integer.getInteger("flotilla.seeds", SEEDS); seed++) {
      seeds.add(seed);
    }
    seeds.removeAll(open);
    runTwice(seeds);
    tellFaults();
    if (seeds.size() >= 100) {
      for (FaultPlan.Kind kind : FaultPlan.Kind.values()) {
        assertTrue(FAULTS.containsKey(kind), "no seed had a fault of the kind " + kind);
      }
    }
  }

  private static void tellFaults() {
    synchronized (FAULTS) {
      System.out.println("faults: " + FAULTS);
    }
  }

  @Test
  void soak() {
    String time = System.getProperty("flotilla.soak");
    assumeTrue(time != null, "no -Dflotilla.soak");
    long began = System.nanoTime();
    long end = began + nanos(Objects.requireNonNull(time));
    long first = Long.getLong("flotilla.soak.first", 1_000_000);
    long done = 0;
    while (System.nanoTime() - end < 0) {
      List<Long> seeds = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        seeds.add(first + done++);
      }
      runAll(seeds, THREADS);
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.println(
          "soak: "
              + done
              + " seeds well, up to "
              + (first + done - 1)
              + ", "
              + Math.round(10 * done / seconds) / 10.0
              + " a second");
    }
    tellFaults();
    assertTrue(done > 0, "the soak was too short for a single seed");
  }

  private static boolean isPlain() {
    return System.getProperty("flotilla.seed") == null
        && System.getProperty("flotilla.soak") == null;
  }

  private static long nanos(String time) {
    long number = Long.parseLong(time.substring(0, time.length() - 1));
    return switch (time.charAt(time.length() - 1)) {
      case 's' -> number * 1_000_000_000L;
      case 'm' -> number * 60_000_000_000L;
      case 'h' -> number * 3_600_000_000_000L;
      default -> throw new IllegalArgumentException("flotilla.soak: " + time + " is not like 90m");
    };
  }

  private static List<Long> listed(String file) throws IOException {
    List<Long> seeds = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(FleetSeedsTest.class.getResourceAsStream("/simulation/" + file))) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          seeds.add(Long.parseLong(line.strip().split(" ", 2)[0]));
        }
      }
    }
    return seeds;
  }

  /// Each here and in another process at the same time: all that was traced is the same.
  private static void runTwice(List<Long> seeds) throws IOException, InterruptedException {
    SecondRun elsewhere = SecondRun.begin(seeds);
    try {
      Map<Long, String> digests = runAll(seeds, Math.max(1, THREADS - 1));
      assertEquals(digests, elsewhere.digests(), "a seed is not the same twice");
    } finally {
      elsewhere.end();
    }
  }

  private static Map<Long, String> runAll(List<Long> seeds, int threadCount) {
    Map<Long, String> digests = new ConcurrentSkipListMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(threadCount)) {
      List<Future<?>> runs = new ArrayList<>();
      seeds.forEach(seed -> runs.add(threads.submit(() -> digests.put(seed, runOne(seed)))));
      List<AssertionError> failures = new ArrayList<>();
      for (Future<?> run : runs) {
        AssertionError failure = failureOf(run);
        if (failure != null) {
          failures.add(failure);
        }
      }
      if (!failures.isEmpty()) {
        failures.forEach(each -> System.out.println(each.getMessage()));
        throw failures.getFirst();
      }
    }
    return digests;
  }

  private static @Nullable AssertionError failureOf(Future<?> run) {
    try {
      run.get();
      return null;
    } catch (ExecutionException failed) {
      return failed.getCause() instanceof AssertionError failure
          ? failure
          : new AssertionError(failed.getCause());
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// Returns a digest of the time of everything that happened, every event, every frame, all that
  /// became durable, and what clients saw.
  private static String runOne(long seed) {
    FleetRun run = new FleetRun(seed);
    long digest = run.run();
    synchronized (FAULTS) {
      run.faults().forEach((kind, times) -> FAULTS.merge(kind, times, Integer::sum));
    }
    return Long.toHexString(digest);
  }
}
