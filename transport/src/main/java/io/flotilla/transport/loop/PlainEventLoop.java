package io.flotilla.transport.loop;

import io.flotilla.spi.EventLoop;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An event loop on a thread of its own, for stages that block: log writer, applier, readers, bulk.
///
/// [#close()] runs the tasks queued so far, drops what is scheduled for later, and ends the thread.
public final class PlainEventLoop implements EventLoop, AutoCloseable {
  private static final long ORIGIN = System.nanoTime();

  /* Submitters add to `queue` and unpark the thread only if it said that it is about to park. The
  order "say so, look into the queue again, park" on one side and "add, look whether it said so,
  unpark" on the other loses no wake-up. Once `closed` is set, submitters are refused; one that
  passed the check just before may still add, so the thread leaves only after it found the queue
  empty with `closed` set, and a submitter that sees `ended` after adding takes its task back. */
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timed> timers =
      new PriorityQueue<>(Comparator.comparingLong((Timed timed) -> timed.at - ORIGIN));
  private final AtomicBoolean sleeping = new AtomicBoolean();
  private final Consumer<Throwable> onFailure;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean ended;

  /// @param onFailure is told what tasks throw; called on the loop
  public PlainEventLoop(String name, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    thread.start();
  }

  @Override
  public void execute(Runnable task) {
    if (closed) {
      throw shutDown();
    }
    queue.add(task);
    if (ended && queue.remove(task)) {
      throw shutDown();
    }
    wake();
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    Timed timed = new Timed(System.nanoTime() + Math.max(0, delayNanos), task);
    if (inLoop() && !closed) {
      timers.add(timed);
    } else {
      execute(() -> timers.add(timed));
    }
    return () -> cancel(timed);
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /// Idempotent. Waits for the thread unless called on it.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    if (inLoop()) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void cancel(Timed timed) {
    timed.cancelled = true;
    if (inLoop()) {
      timers.remove(timed);
    }
  }

  private void wake() {
    if (sleeping.get() && sleeping.compareAndSet(true, false)) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (true) {
      boolean last = closed;
      Runnable task = queue.poll();
      if (task != null) {
        runTask(task);
        runTimersDue();
      } else if (last) {
        break;
      } else {
        runTimersDue();
        sleep();
      }
    }
    ended = true;
    Runnable late = queue.poll();
    while (late != null) {
      runTask(late);
      late = queue.poll();
    }
  }

  private void sleep() {
    sleeping.set(true);
    if (queue.isEmpty() && !closed) {
      Timed next = timers.peek();
      if (next == null) {
        LockSupport.park(this);
      } else {
        long nanos = next.at - System.nanoTime();
        if (nanos > 0) {
          LockSupport.parkNanos(this, nanos);
        }
      }
    }
    sleeping.set(false);
  }

  private void runTimersDue() {
    Timed next = timers.peek();
    if (next == null) {
      return;
    }
    long now = System.nanoTime();
    while (next != null && next.at - now <= 0) {
      timers.poll();
      if (!next.cancelled) {
        runTask(next.task);
      }
      next = timers.peek();
    }
  }

  private void runTask(@Nullable Runnable task) {
    try {
      if (task != null) {
        task.run();
      }
    } catch (Throwable failure) {
      onFailure.accept(failure);
    }
  }

  private static RejectedByLoopException shutDown() {
    return new RejectedByLoopException("event loop has shut down");
  }

  private static final class Timed {
    final long at;
    final Runnable task;
    volatile boolean cancelled;

    Timed(long at, Runnable task) {
      this.at = at;
      this.task = task;
    }
  }
}
