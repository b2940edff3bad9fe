package io.flotilla.sim;

import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A loop in virtual time that runs one task when told to: the smallest world there is. Tasks of
/// one moment run in the order in which they were queued.
public final class StepLoop implements EventLoop, Clock {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::sequence));
  private long now;
  private long sequence;

  private record Task(long at, long sequence, Runnable body) {}

  /// Runs the next task, moving time to it. False if there is none.
  public boolean step() {
    Task task = tasks.poll();
    if (task == null) {
      return false;
    }
    now = Math.max(now, task.at());
    task.body().run();
    return true;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(new Task(now, sequence++, task));
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable body) {
    Task task = new Task(now + delayNanos, sequence++, body);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallMillis() {
    return now / 1_000_000;
  }
}
