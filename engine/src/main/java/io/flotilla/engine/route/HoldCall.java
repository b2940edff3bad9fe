package io.flotilla.engine.route;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.SnapshotHold;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.route.HoldSource.Answer;
import java.util.concurrent.CompletableFuture;

/// Somebody who wants a snapshot held before he goes on: asked for until the deadline.
final class HoldCall implements DeadlineWatch.Watched {
  private final Router router;
  private final HoldSource source;
  private final SnapshotHolds.Use use;
  private final long deadlineNanos;
  private final CompletableFuture<SnapshotHold> future = new CompletableFuture<>();
  private volatile String lastProblem = "no reply from the placement driver";

  HoldCall(Router router, HoldSource source, SnapshotHolds.Use use, long deadlineNanos) {
    this.router = router;
    this.source = source;
    this.use = use;
    this.deadlineNanos = deadlineNanos;
  }

  CompletableFuture<SnapshotHold> start() {
    router.watch(this);
    ask(0);
    return future;
  }

  private void ask(int attempt) {
    if (!isDone()) {
      long timeout = Math.max(1, deadlineNanos - router.nanos());
      source.hold(use.at(), SnapshotHolds.TTL_NANOS, timeout, answer -> onAnswer(answer, attempt));
    }
  }

  private void onAnswer(Answer answer, int attempt) {
    switch (answer) {
      case Answer.Held() -> future.complete(use);
      case Answer.TooOld(var reason) -> fail(new SnapshotTooOldException(reason));
      case Answer.Failed(var reason) -> {
        lastProblem = reason;
        router.afterBackoff(attempt, 0, () -> ask(attempt + 1));
      }
    }
  }

  private void fail(EngineException failure) {
    if (future.completeExceptionally(failure)) {
      use.close();
    }
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
    fail(new UnavailableException("the snapshot is not held before the deadline: " + lastProblem));
  }

  @Override
  public void onClosed() {
    fail(new ClosedException("the engine was closed during the call"));
  }
}
