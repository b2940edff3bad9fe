package io.flotilla.engine.route;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.route.SnapshotSource.Drawn;
import io.flotilla.keyspace.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Draws moments to read at: one request at a time, and all who were waiting when it left read at
/// the same moment. Thread-safe.
final class SnapshotDraws {
  private final Router router;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean underWay = new AtomicBoolean();

  private static final class Waiting implements DeadlineWatch.Watched {
    final CompletableFuture<Timestamp> future = new CompletableFuture<>();
    final long deadlineNanos;
    volatile String lastProblem = "no reply from the timestamp oracle";
    volatile int attempts;

    Waiting(long deadlineNanos) {
      this.deadlineNanos = deadlineNanos;
    }

    @Override
    public long deadlineNanos() {
      return deadlineNanos;
    }

    @Override
    public boolean isDone() {
      return future.isDone();
    }

    @Override
    public void onDeadline(long now) {
      future.completeExceptionally(
          new UnavailableException("no timestamp to read at before the deadline: " + lastProblem));
    }

    @Override
    public void onClosed() {
      future.completeExceptionally(new ClosedException("the engine was closed during the call"));
    }
  }

  SnapshotDraws(Router router) {
    this.router = router;
  }

  CompletableFuture<Timestamp> draw(long deadlineNanos) {
    Waiting one = new Waiting(deadlineNanos);
    router.watch(one);
    add(one);
    return one.future;
  }

  private void add(Waiting one) {
    waiting.add(one);
    maybeAsk();
  }

  private void maybeAsk() {
    if (!waiting.isEmpty() && underWay.compareAndSet(false, true)) {
      List<Waiting> batch = new ArrayList<>();
      long deadline = router.nanos();
      for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
        batch.add(one);
        deadline = Math.max(deadline - one.deadlineNanos, 0) + one.deadlineNanos;
      }
      Consumer<Drawn> onDrawn = drawn -> onDrawn(batch, drawn);
      router.snapshotSource().draw(Math.max(1, deadline - router.nanos()), onDrawn);
    }
  }

  private void onDrawn(List<Waiting> batch, Drawn drawn) {
    underWay.set(false);
    switch (drawn) {
      case Drawn.At(var timestamp) -> batch.forEach(one -> one.future.complete(timestamp));
      case Drawn.Failed(var reason) -> batch.forEach(one -> tryAgain(one, reason));
    }
    maybeAsk();
  }

  private void tryAgain(Waiting one, String reason) {
    if (!one.isDone()) {
      one.lastProblem = reason;
      int attempt = one.attempts;
      one.attempts = attempt + 1;
      router.afterBackoff(attempt, 0, () -> add(one));
    }
  }
}
