package io.flotilla.cli.flow;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// How a pipeline is doing. Written by the engine's threads, read by anyone.
///
/// A pause is the time between two calls that were done one after the other, in whatever order.
public final class FlowStats {
  private final long started = System.nanoTime();
  private final LongAdder done = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final AtomicLong lastDone = new AtomicLong(started);
  private final LongAccumulator longestPauseNanos = new LongAccumulator(Math::max, 0);

  void countDone() {
    done.increment();
    long now = System.nanoTime();
    longestPauseNanos.accumulate(now - lastDone.getAndSet(now));
  }

  void countRetry() {
    retries.increment();
  }

  public long done() {
    return done.sum();
  }

  public long retries() {
    return retries.sum();
  }

  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /// Since the last call was done.
  public Duration pause() {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - lastDone.get()));
  }

  public Duration longestPause() {
    return Duration.ofNanos(longestPauseNanos.get());
  }
}
