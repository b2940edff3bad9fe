package io.flotilla.cli.bench;

import io.flotilla.cli.bench.Workload.Operation;
import io.flotilla.cli.flow.Failures;
import io.flotilla.engine.Engine;
import io.flotilla.engine.ScanOptions;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A closed loop: each virtual client has one operation under way, and starts the next one when
/// that is over, on the engine's thread that brought the answer. So the driver itself takes little
/// CPU time, and no threads of its own.
final class Driver {
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 5;

  private final Engine engine;
  private final BenchPlan plan;
  private final BenchKeys keys;
  private final ScanOptions scanOptions;
  private final Latencies latencies = new Latencies();
  private final LongAdder completed = new LongAdder();
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final CountDownLatch running;
  private volatile boolean measuring;
  private volatile boolean stopping;

  Driver(Engine engine, BenchPlan plan, BenchKeys keys) {
    this.engine = engine;
    this.plan = plan;
    this.keys = keys;
    this.scanOptions = ScanOptions.FORWARD.withLimit(plan.scanLength());
    this.running = new CountDownLatch(plan.clients());
  }

  /// What the clients saw while measuring.
  record Seen(Map<Operation, Histogram> latencies, Map<String, Long> errors) {
    long operations() {
      return latencies.values().stream().mapToLong(Histogram::getTotalCount).sum();
    }
  }

  void start() {
    for (int i = 0; i < plan.clients(); i++) {
      Client client = new Client(i);
      Thread.startVirtualThread(client::go);
    }
  }

  void startMeasuring() {
    measuring = true;
  }

  void stopMeasuring() {
    measuring = false;
    stopping = true;
  }

  /// Operations so far, warm-up included.
  long completed() {
    return completed.sum();
  }

  /// Waits until every client is done.
  Seen finish(Duration patience) throws InterruptedException {
    boolean _ = running.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    Map<String, Long> counts = new TreeMap<>();
    errors.forEach((kind, count) -> counts.put(kind, count.sum()));
    return new Seen(latencies.total(), counts);
  }

  private final class Client implements BiConsumer<@Nullable Object, @Nullable Throwable> {
    private final SplittableRandom random;
    private Operation operation = Operation.PUT;
    private long started;

    private Client(long seed) {
      this.random = new SplittableRandom(seed);
    }

    // An answer that is there at once is taken in the loop: a chain of them must not grow the
    // stack.
    private void go() {
      while (!stopping) {
        operation = plan.workload().next(random);
        started = System.nanoTime();
        CompletableFuture<?> answer = send();
        if (!answer.isDone() || answer.isCompletedExceptionally()) {
          var _ = answer.whenComplete(this);
          return;
        }
        succeeded();
      }
      running.countDown();
    }

    private CompletableFuture<?> send() {
      long number = random.nextLong(plan.keys());
      try {
        return switch (operation) {
          case PUT -> engine.putAsync(BenchKeys.key(number), keys.value(random));
          case GET -> engine.getAsync(BenchKeys.key(number));
          case SCAN -> engine.scanAsync(BenchKeys.from(number), scanOptions);
        };
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void accept(@Nullable Object result, @Nullable Throwable failure) {
      if (failure == null) {
        succeeded();
        go();
        return;
      }
      if (measuring) {
        errors.computeIfAbsent(Failures.kind(failure), _ -> new LongAdder()).increment();
      }
      CompletableFuture.delayedExecutor(PAUSE_AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS)
          .execute(this::go);
    }

    private void succeeded() {
      completed.increment();
      if (measuring) {
        latencies.record(operation, System.nanoTime() - started);
      }
    }
  }
}
