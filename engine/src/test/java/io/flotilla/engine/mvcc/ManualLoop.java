package io.flotilla.engine.mvcc;

import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/// A loop that runs when the test says so, on the test's thread and in the test's time, of which it
/// is the clock.
public final class ManualLoop implements EventLoop, Clock {
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Timer> timers = new ArrayList<>();
  private long now;
  private boolean closed;

  private record Timer(long at, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    requireOpen();
    tasks.add(task);
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    requireOpen();
    Timer timer = new Timer(now + delayNanos, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  /// From now on nothing is taken.
  public void close() {
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new RejectedByLoopException("closed");
    }
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallMillis() {
    return 0;
  }

  /// Runs what is queued, and what that queues.
  public void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /// Lets time pass, timer by timer, and runs what comes of each.
  public void advance(long nanos) {
    long end = now + nanos;
    run();
    while (true) {
      Timer next =
          timers.stream()
              .filter(timer -> timer.at() <= end)
              .min(Comparator.comparingLong(Timer::at))
              .orElse(null);
      if (next == null) {
        break;
      }
      timers.remove(next);
      now = Math.max(now, next.at());
      next.task().run();
      run();
    }
    now = end;
  }

  public boolean isEmpty() {
    return tasks.isEmpty();
  }

  public boolean hasTimers() {
    return !timers.isEmpty();
  }
}
