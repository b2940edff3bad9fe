package io.flotilla.cli.flow;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.term.Human;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps up to `concurrency` calls under way. A call that fails for a passing reason (busy,
/// unavailable, deadline, unknown) is made again until `patience` is over: so it must be one that
/// may be done twice, as a put of the same value may.
///
/// One thread submits and waits; results come in on the engine's threads.
public final class Pipeline {
  private static final long BACKOFF_MILLIS_MIN = 10;
  private static final long BACKOFF_MILLIS_MAX = 500;

  private final Semaphore permits;
  private final int concurrency;
  private final Duration patience;
  private final FlowStats stats = new FlowStats();
  private final AtomicReference<@Nullable CommandFailure> failure = new AtomicReference<>();

  public Pipeline(int concurrency, Duration patience) {
    this.permits = new Semaphore(concurrency);
    this.concurrency = concurrency;
    this.patience = patience;
  }

  public FlowStats stats() {
    return stats;
  }

  /// Starts one call, waiting for room first.
  ///
  /// @param name of what is done, for the error: `line 17`
  /// @throws CommandFailure if an earlier call failed for good; nothing is started then
  public <T> void submit(String name, Supplier<CompletableFuture<T>> call, Consumer<T> onDone) {
    permits.acquireUninterruptibly();
    CommandFailure earlier = failure.get();
    if (earlier != null) {
      permits.release();
      throw earlier;
    }
    new Attempts<>(name, call, onDone).start();
  }

  /// Waits until every call is done.
  ///
  /// @throws CommandFailure if one failed for good
  public void finish() {
    permits.acquireUninterruptibly(concurrency);
    permits.release(concurrency);
    CommandFailure last = failure.get();
    if (last != null) {
      throw last;
    }
  }

  private void fail(CommandFailure reason) {
    failure.compareAndSet(null, reason);
  }

  /// One call and its repetitions; holds one permit until it is over.
  private final class Attempts<T> {
    private final String name;
    private final Supplier<CompletableFuture<T>> call;
    private final Consumer<T> onDone;
    private final long started = System.nanoTime();
    private int failed;

    private Attempts(String name, Supplier<CompletableFuture<T>> call, Consumer<T> onDone) {
      this.name = name;
      this.call = call;
      this.onDone = onDone;
    }

    private void start() {
      CompletableFuture<T> result;
      try {
        result = call.get();
      } catch (RuntimeException e) {
        result = CompletableFuture.failedFuture(e);
      }
      var _ = result.whenComplete(this::ended);
    }

    private void ended(T result, @Nullable Throwable thrown) {
      if (thrown != null) {
        repeatOrFail(Failures.cause(thrown));
        return;
      }
      try {
        onDone.accept(result);
        stats.countDone();
      } catch (RuntimeException e) {
        fail(new CommandFailure(name + ": " + e.getMessage(), e));
      } finally {
        permits.release();
      }
    }

    private void repeatOrFail(Throwable cause) {
      Duration tried = Duration.ofNanos(System.nanoTime() - started);
      if (Failures.isPassing(cause) && tried.compareTo(patience) < 0 && failure.get() == null) {
        stats.countRetry();
        backoff().execute(this::start);
        return;
      }
      String patienceOver =
          Failures.isPassing(cause) ? " (gave up after " + Human.duration(tried) + ")" : "";
      fail(new CommandFailure(name + ": " + describe(cause) + patienceOver, cause));
      permits.release();
    }

    private Executor backoff() {
      long millis = Math.min(BACKOFF_MILLIS_MIN << Math.min(failed, 10), BACKOFF_MILLIS_MAX);
      failed++;
      return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run);
    }

    private static String describe(Throwable cause) {
      return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
  }
}
