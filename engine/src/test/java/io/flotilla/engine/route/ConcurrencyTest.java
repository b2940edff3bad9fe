package io.flotilla.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The few classes here that several threads use at once.
class ConcurrencyTest {
  private static final int THREADS = 4;

  @Test
  void whoLooksUpWhileRangesSplitNeverGetsARouteOfOtherKeys() throws Exception {
    RangeCache cache = new RangeCache(100_000);
    RangeDescriptor whole = ScriptedWorld.range(2, "", "", 1);
    cache.learn(whole, null);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      RandomSource random = new RandomSource(i);
      readers.add(Thread.ofPlatform().start(() -> look(cache, random, stop, wrong)));
    }
    RangeDescriptor left = whole;
    for (int i = 5000; i > 0; i--) {
      Key at = key(i * 10);
      long generation = left.generation() + 1;
      KeySpan right = new KeySpan(at, left.span().end());
      cache.learn(
          new RangeDescriptor(new RangeId(10 + i), right, generation, whole.replicas()), null);
      left = left.withSpan(new KeySpan(Key.EMPTY, at));
      cache.learn(left, null);
    }
    stop.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertNull(wrong.get());
    assertEquals(5001, cache.routes().size());
  }

  private static void look(
      RangeCache cache,
      RandomSource random,
      AtomicBoolean stop,
      AtomicReference<@Nullable String> wrong) {
    while (!stop.get()) {
      Key key = key(random.nextInt(60_000));
      Route route = cache.find(key);
      if (route != null && !route.descriptor().span().contains(key)) {
        wrong.set(key + " in " + route);
      }
    }
  }

  private static Key key(int number) {
    return Key.of(new byte[] {(byte) (number >> 16), (byte) (number >> 8), (byte) number});
  }

  @Test
  void everyWatchedCallIsToldOnce() throws Exception {
    ManualLoop loop = new ManualLoop();
    // The loop is not made for several threads: all that comes in at once goes through one lock.
    DeadlineWatch watch = new DeadlineWatch(new LockedLoop(loop), loop, 1);
    List<Once> calls = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      calls.add(new Once());
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int first = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int slot = first; slot < calls.size(); slot += THREADS) {
                  watch.watch(calls.get(slot));
                }
              }));
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      synchronized (loop) {
        loop.advance(1_000_000);
      }
    }
    synchronized (loop) {
      loop.advance(5_000_000);
    }
    assertTrue(calls.stream().allMatch(call -> call.told.get() == 1));
    assertEquals(false, loop.hasTimers());
  }

  private static final class Once implements DeadlineWatch.Watched {
    final AtomicInteger told = new AtomicInteger();

    @Override
    public long deadlineNanos() {
      return 50;
    }

    @Override
    public boolean isDone() {
      return told.get() > 0;
    }

    @Override
    public void onDeadline(long now) {
      told.incrementAndGet();
    }

    @Override
    public void onClosed() {}
  }

  private record LockedLoop(ManualLoop loop) implements io.flotilla.spi.EventLoop {
    @Override
    public void execute(Runnable task) {
      synchronized (loop) {
        loop.execute(task);
      }
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
      synchronized (loop) {
        return loop.schedule(delayNanos, task);
      }
    }

    @Override
    public boolean inLoop() {
      return false;
    }
  }
}
