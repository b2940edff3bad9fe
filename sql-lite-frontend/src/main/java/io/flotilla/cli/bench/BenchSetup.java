package io.flotilla.cli.bench;

import io.flotilla.cli.flow.FlowStats;
import io.flotilla.cli.flow.Pipeline;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.ProgressLine;
import io.flotilla.cli.term.ProgressText;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What must be there before a benchmark starts: ranges cut, keys loaded.
final class BenchSetup {
  private static final int CONCURRENCY = 512;
  private static final int CUTS_AT_ONCE = 32;
  private static final int CUT_TRIES = 50;
  private static final long CUT_AGAIN_NANOS = 100_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Shell shell;
  private final Engine engine;
  private final BenchPlan plan;

  BenchSetup(Shell shell, Engine engine, BenchPlan plan) {
    this.shell = shell;
    this.engine = engine;
    this.plan = plan;
  }

  /// Cuts the benchmark's keys into as many ranges as planned; cuts that are there already stay.
  void split() {
    Fleet fleet = engine.fleet();
    AtomicInteger cuts = new AtomicInteger();
    FlowStats clock = new Pipeline(1, PATIENCE).stats();
    try (ProgressLine _ =
        ProgressLine.start(
            shell.terminal(),
            () -> moment("ranges", cuts.get(), plan.ranges(), clock.elapsed(), Duration.ZERO))) {
      cutAll(fleet, cuts);
    }
  }

  /// Halves, then quarters, and so on: the cuts of one round are in different ranges, so they do
  /// not wait for each other.
  private void cutAll(Fleet fleet, AtomicInteger cuts) {
    try (ExecutorService workers = Executors.newFixedThreadPool(CUTS_AT_ONCE)) {
      long step = Long.highestOneBit(Math.max(1, plan.ranges() - 1));
      for (; step >= 1; step /= 2) {
        NavigableMap<Key, RangeDescriptor> known = known(fleet);
        List<Future<?>> round = new ArrayList<>();
        for (long i = step; i < plan.ranges(); i += 2 * step) {
          Key key = Key.of(BenchKeys.key(i * plan.keys() / plan.ranges()));
          round.add(
              workers.submit(() -> {
                splitAt(fleet, key, known.floorEntry(key));
                cuts.incrementAndGet();
              }));
        }
        for (Future<?> each : round) {
          await(each);
        }
      }
    }
  }

  private static void await(Future<?> cut) {
    try {
      cut.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failed ? failed : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted while ranges were being cut");
    }
  }

  /// By their starts: asking for each key's range costs more than cutting it.
  private static NavigableMap<Key, RangeDescriptor> known(Fleet fleet) {
    NavigableMap<Key, RangeDescriptor> byStart = new TreeMap<>();
    for (RangeStatus each : fleet.ranges()) {
      if (!each.descriptor().isPlacement()) {
        byStart.put(each.descriptor().span().start(), each.descriptor());
      }
    }
    return byStart;
  }

  private static void splitAt(
      Fleet fleet, Key key, Map.@Nullable Entry<Key, RangeDescriptor> known) {
    RangeDescriptor range = known == null ? null : known.getValue();
    for (int tries = 1; ; tries++) {
      try {
        if (range == null || !range.span().contains(key)) {
          range = fleet.rangeOf(key).descriptor();
        }
        if (range.span().canSplitAt(key)) {
          fleet.split(range.id(), Optional.of(key));
        }
        return;
      } catch (EngineException refused) {
        // The placement driver's view of a range that was just cut lags a little.
        if (tries == CUT_TRIES) {
          throw refused;
        }
        LockSupport.parkNanos(CUT_AGAIN_NANOS);
        range = null;
      }
    }
  }

  /// Puts every key once.
  void preload(BenchKeys keys) {
    Pipeline pipeline = new Pipeline(CONCURRENCY, PATIENCE);
    FlowStats stats = pipeline.stats();
    SplittableRandom random = new SplittableRandom(1);
    try (ProgressLine _ =
        ProgressLine.start(
            shell.terminal(),
            () -> moment("keys", stats.done(), plan.keys(), stats.elapsed(), stats.pause()))) {
      for (long i = 0; i < plan.keys(); i++) {
        byte[] key = BenchKeys.key(i);
        byte[] value = keys.value(random);
        pipeline.submit("preloading key " + i, () -> engine.putAsync(key, value), _ -> {});
      }
      pipeline.finish();
    }
  }

  private static ProgressText.Moment moment(
      String what, long done, long all, Duration elapsed, Duration pause) {
    return new ProgressText.Moment(what, done, (double) done / all, elapsed, pause);
  }
}
