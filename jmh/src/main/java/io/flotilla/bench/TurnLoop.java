package io.flotilla.bench;

import io.flotilla.spi.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/// A loop whose turns the benchmark's own thread takes, so that no hop between threads is measured.
/// Timers never fire: what waits for one is not under measurement.
final class TurnLoop implements EventLoop {
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  /// Runs until nothing is queued.
  void runAll() {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    return () -> {};
  }

  @Override
  public boolean inLoop() {
    return true;
  }
}
