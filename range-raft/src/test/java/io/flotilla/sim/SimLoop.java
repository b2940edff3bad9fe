package io.flotilla.sim;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A thread of a simulated process: runs one task after another, each of which takes a little time.
/// It can stand still for a while, and it dies with its process.
public final class SimLoop implements EventLoop {
  private final SimWorld world;
  private final SimClock clock;
  private final RandomSource random;
  private final long taskNanosMax;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean scheduled;
  private boolean dead;
  private long pausedUntil;
  private long slowUntil;
  private long slowNanosMax;

  /// @param taskNanosMax how long a task takes at most
  public SimLoop(SimWorld world, SimClock clock, String name, long taskNanosMax) {
    this.world = world;
    this.clock = clock;
    this.random = world.random("loop " + name);
    this.taskNanosMax = taskNanosMax;
  }

  /// The process is gone: nothing runs here any more.
  public void kill() {
    dead = true;
    tasks.clear();
  }

  /// Nothing runs here for so long.
  public void pause(long nanos) {
    pausedUntil = Math.max(pausedUntil, world.nanos() + nanos);
  }

  /// For so long a task may take as much as `taskNanosSlow`.
  public void slow(long nanos, long taskNanosSlow) {
    slowUntil = world.nanos() + nanos;
    slowNanosMax = taskNanosSlow;
  }

  @Override
  public void execute(Runnable task) {
    if (!dead) {
      tasks.add(task);
      wake();
    }
  }

  private void wake() {
    if (!scheduled && !tasks.isEmpty()) {
      scheduled = true;
      long cost = 1 + random.nextLong(world.nanos() < slowUntil ? slowNanosMax : taskNanosMax);
      world.at(Math.max(cost, pausedUntil - world.nanos()), this::runOne);
    }
  }

  private void runOne() {
    scheduled = false;
    if (dead) {
      return;
    }
    if (world.nanos() < pausedUntil) {
      wake();
      return;
    }
    Runnable task = tasks.poll();
    if (task != null) {
      SimLoop before = world.current();
      world.setCurrent(this);
      try {
        task.run();
      } finally {
        world.setCurrent(before);
      }
    }
    wake();
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    Timer timer = new Timer(task);
    timer.due = world.at(clock.realNanos(delayNanos), () -> execute(timer::fire));
    return timer;
  }

  private static final class Timer implements Cancellable {
    private final Runnable task;
    private @Nullable Cancellable due;
    private boolean cancelled;

    Timer(Runnable task) {
      this.task = task;
    }

    void fire() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (due != null) {
        due.cancel();
      }
    }
  }

  @Override
  public boolean inLoop() {
    return world.current() == this;
  }
}
