package io.flotilla.cli.bench;

import io.flotilla.cli.flow.FlowStats;
import io.flotilla.cli.flow.Pipeline;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.ProgressLine;
import io.flotilla.cli.term.ProgressText;
import io.flotilla.engine.Engine;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// What must be there before a benchmark starts: ranges cut, keys loaded.
final class BenchSetup {
  private static final int CONCURRENCY = 512;
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
      for (long i = 1; i < plan.ranges(); i++) {
        splitAt(fleet, Key.of(BenchKeys.key(i * plan.keys() / plan.ranges())));
        cuts.incrementAndGet();
      }
    }
  }

  private static void splitAt(Fleet fleet, Key key) {
    RangeStatus range = fleet.rangeOf(key);
    if (range.descriptor().span().canSplitAt(key)) {
      fleet.split(range.descriptor().id(), Optional.of(key));
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
