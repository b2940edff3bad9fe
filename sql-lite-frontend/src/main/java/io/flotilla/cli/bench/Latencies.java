package io.flotilla.cli.bench;

import io.flotilla.cli.bench.Workload.Operation;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/// How long operations took, in nanoseconds. Each thread that records has histograms of its own, so
/// that recording takes no lock; they are added up when nobody records any more.
final class Latencies {
  private static final long NANOS_MAX = 600_000_000_000L;
  private static final int DIGITS = 3;

  private final Queue<Map<Operation, Histogram>> all = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Map<Operation, Histogram>> own = ThreadLocal.withInitial(this::join);

  private Map<Operation, Histogram> join() {
    Map<Operation, Histogram> mine = empty();
    all.add(mine);
    return mine;
  }

  private static Map<Operation, Histogram> empty() {
    Map<Operation, Histogram> histograms = new EnumMap<>(Operation.class);
    for (Operation operation : Operation.values()) {
      Histogram histogram = new Histogram(DIGITS);
      histogram.setAutoResize(true);
      histograms.put(operation, histogram);
    }
    return histograms;
  }

  void record(Operation operation, long nanos) {
    Histogram histogram = own.get().get(operation);
    if (histogram != null) {
      histogram.recordValue(Math.clamp(nanos, 0, NANOS_MAX));
    }
  }

  /// Everything recorded, by operation.
  Map<Operation, Histogram> total() {
    Map<Operation, Histogram> total = empty();
    for (Map<Operation, Histogram> one : all) {
      one.forEach((operation, histogram) -> add(total, operation, histogram));
    }
    total.values().removeIf(histogram -> histogram.getTotalCount() == 0);
    return total;
  }

  private static void add(Map<Operation, Histogram> total, Operation operation, Histogram more) {
    Histogram sum = total.get(operation);
    if (sum != null) {
      sum.add(more);
    }
  }
}
