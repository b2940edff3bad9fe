package io.flotilla.sim.process;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.RandomSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Whoever operates the fleet while it fails: cuts the keys of each phase out into ranges of their
/// own, and moves leaders about. A thread of its own; what fails is left.
final class ProcessOperators implements Runnable {
  private static final int EVERY_MILLIS_MAX = 2_500;

  private final ProcessFleet fleet;
  private final ProcessSurroundings around;
  private final RandomSource random;
  private final Diary diary;
  private volatile boolean ending;

  ProcessOperators(ProcessFleet fleet, ProcessSurroundings around, long seed, Diary diary) {
    this.fleet = fleet;
    this.around = around;
    this.random = new RandomSource(seed).fork("operators");
    this.diary = diary;
  }

  void end() {
    ending = true;
  }

  @Override
  public void run() {
    try (Engine engine = fleet.connect(Duration.ofSeconds(3))) {
      while (!ending) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(EVERY_MILLIS_MAX) + 1);
        try {
          operate(engine);
        } catch (EngineException failed) {
          diary.note("left: " + failed.getMessage());
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failed) {
      diary.violation("the tool itself failed: " + failed);
    }
  }

  private void operate(Engine engine) {
    String prefix = ProcessSurroundings.prefix(around.phase());
    switch (random.nextInt(3)) {
      case 0 -> split(engine, prefix);
      case 1 -> split(engine, prefix + "m");
      default -> transfer(engine);
    }
  }

  private void split(Engine engine, String at) {
    Key key = Key.of(at.getBytes(StandardCharsets.UTF_8));
    RangeStatus range = engine.fleet().rangeOf(key);
    if (range.descriptor().span().canSplitAt(key)) {
      diary.happened("splits", "split " + range.descriptor().id() + " at " + at);
      engine.fleet().split(range.descriptor().id(), Optional.of(key));
    }
  }

  private void transfer(Engine engine) {
    List<RangeStatus> ranges = engine.fleet().ranges();
    if (ranges.isEmpty()) {
      return; // The placement driver has just started.
    }
    RangeId range = ranges.get(random.nextInt(ranges.size())).descriptor().id();
    StoreId to = new StoreId(1 + random.nextInt(fleet.size()));
    diary.happened("transfers", "transfer " + range + " to " + to);
    engine.fleet().transferLeader(range, to);
  }
}
