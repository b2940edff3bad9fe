package io.flotilla.sim;

import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.RandomSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Virtual time, and a queue of everything that will happen in it. One seed decides all.
public final class SimWorld implements Clock {
  /// The wall clocks' time when the world begins.
  static final long WALL_MILLIS = 1_700_000_000_000L;

  private final long seed;
  private final RandomSource random;
  private final PriorityQueue<Happening> queue =
      new PriorityQueue<>(
          Comparator.comparingLong((Happening h) -> h.at).thenComparingLong(h -> h.sequence));
  private long now;
  private long sequence;
  private final Diary diary = new Diary();
  private @Nullable SimLoop current;
  private Runnable afterEach = () -> {};

  private static final class Happening {
    final long at;
    final long sequence;
    final Runnable task;
    boolean cancelled;

    Happening(long at, long sequence, Runnable task) {
      this.at = at;
      this.sequence = sequence;
      this.task = task;
    }
  }

  public SimWorld(long seed) {
    this.seed = seed;
    this.random = new RandomSource(seed);
  }

  public long seed() {
    return seed;
  }

  /// A stream of randomness for one purpose.
  public RandomSource random(String purpose) {
    return random.fork(purpose);
  }

  public EventLoop.Cancellable at(long delayNanos, Runnable task) {
    Happening happening = new Happening(now + Math.max(0, delayNanos), sequence++, task);
    queue.add(happening);
    return () -> happening.cancelled = true;
  }

  /// Lets the next thing happen; false if nothing will ever.
  public boolean step() {
    Happening next = queue.poll();
    if (next == null) {
      return false;
    }
    now = Math.max(now, next.at);
    if (!next.cancelled) {
      diary.trace(now);
      next.task.run();
      afterEach.run();
    }
    return true;
  }

  /// Runs `look` after everything that happens.
  public void afterEach(Runnable look) {
    afterEach = look;
  }

  public void runFor(long nanos) {
    long end = now + nanos;
    while (!queue.isEmpty() && queue.peek().at <= end) {
      step();
    }
    now = Math.max(now, end);
  }

  /// A number that is the same for two runs in which the same happened at the same times, and in
  /// which all that was traced was the same.
  public long digest() {
    return diary.digest();
  }

  /// Notes something of which every character has to be the same in every run of the seed, also in
  /// another process: nothing with an identity hash in it.
  public void trace(String what) {
    trace(what.hashCode());
  }

  /// As [#trace(String)], for bytes of which `hash` is made.
  public void trace(long hash) {
    diary.trace(hash);
  }

  /// As [#trace(String)] for `what`, which is told in words, too, where something goes wrong.
  void tell(Object who, Object what) {
    trace(who + " " + what);
    diary.tell(now / 1_000, who, what);
  }

  /// The newest that was told, oldest first, a line each: its microsecond, who, and what.
  String newest(int lines) {
    return diary.newest(lines);
  }

  @Nullable SimLoop current() {
    return current;
  }

  void setCurrent(@Nullable SimLoop loop) {
    current = loop;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallMillis() {
    return WALL_MILLIS + now / 1_000_000;
  }

  /// The loop of the world itself, for what belongs to no process.
  public EventLoop outside() {
    return new EventLoop() {
      @Override
      public void execute(Runnable task) {
        at(0, task);
      }

      @Override
      public Cancellable schedule(long delayNanos, Runnable task) {
        return at(delayNanos, task);
      }

      @Override
      public boolean inLoop() {
        return current == null;
      }
    };
  }
}
