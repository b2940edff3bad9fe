package io.flotilla.transport.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoop.Cancellable;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.spi.EventLoopContract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every event loop on a thread does besides: with other threads, with failing tasks, and when
/// it is closed.
abstract class ThreadLoopContract extends EventLoopContract {
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  protected EventLoop loop;

  abstract EventLoop open(Consumer<Throwable> onFailure);

  abstract void closeLoop();

  @BeforeEach
  void openLoop() {
    loop = open(failures::add);
  }

  @AfterEach
  void close() {
    closeLoop();
  }

  @Override
  protected EventLoop loop() {
    return loop;
  }

  @Override
  protected long nanos() {
    return System.nanoTime();
  }

  @Override
  protected String next() throws InterruptedException {
    String next = done.poll(20, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  @Test
  void anotherThreadIsNotInTheLoop() throws Exception {
    assertFalse(loop.inLoop());
    loop.execute(() -> done.add("" + loop.inLoop()));
    assertEquals("true", next());
    assertFalse(loop.inLoop());
  }

  @Test
  void tasksOfManyThreadsAllRunOneAtATime() throws Exception {
    int[] count = new int[1];
    CountDownLatch all = new CountDownLatch(4 * 20_000);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20_000; i++) {
                  loop.execute(() -> {
                    count[0]++;
                    all.countDown();
                  });
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(all.await(20, TimeUnit.SECONDS));
    loop.execute(() -> done.add("" + count[0]));
    assertEquals("80000", next());
  }

  @Test
  void aFailingTaskIsToldAndTheLoopGoesOn() throws Exception {
    IllegalStateException failure = new IllegalStateException("on purpose");
    loop.execute(() -> {
      throw failure;
    });
    loop.schedule(
        1,
        () -> {
          throw failure;
        });
    assertEquals(failure, failures.poll(20, TimeUnit.SECONDS));
    assertEquals(failure, failures.poll(20, TimeUnit.SECONDS));
    loop.execute(() -> done.add("alive"));
    assertEquals("alive", next());
  }

  @Test
  void whatAnotherThreadCancelsDoesNotRun() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    loop.execute(() -> awaitUnchecked(release)); // else a slow test would cancel too late
    Cancellable outside = loop.schedule(20 * MILLI, () -> done.add("cancelled"));
    outside.cancel();
    outside.cancel();
    release.countDown();
    loop.schedule(40 * MILLI, () -> done.add("kept"));
    assertEquals("kept", next());
  }

  @Test
  void closingRunsWhatIsQueuedAndRefusesTheRest() {
    CountDownLatch release = new CountDownLatch(1);
    loop.execute(() -> awaitUnchecked(release));
    for (int i = 0; i < 100; i++) {
      loop.execute(() -> done.add("queued"));
    }
    loop.schedule(3_600_000 * MILLI, () -> done.add("never"));
    release.countDown();
    closeLoop();
    assertEquals(100, done.size());
    assertThrows(RejectedByLoopException.class, () -> loop.execute(() -> done.add("never")));
    closeLoop();
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
