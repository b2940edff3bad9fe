package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClosingTest {
  private final List<String> closed = new CopyOnWriteArrayList<>();

  private AutoCloseable part(String name) {
    return () -> closed.add(name);
  }

  @Test
  void partsAreClosedInTheReverseOrderWhateverFails() {
    Closing closing = new Closing(Duration.ofSeconds(20));
    closing.add("first", part("first"));
    closing.add(
        "second",
        () -> {
          throw new IllegalStateException("in vain");
        });
    closing.add("third", part("third"));
    closing.close();
    closing.close();
    assertEquals(List.of("third", "first"), closed);
    assertEquals("", closing.hanging());
    closing.add("late", part("late"));
    assertEquals(List.of("third", "first", "late"), closed);
  }

  @Test
  void aPartThatHangsIsNamedAndNothingBelowItIsClosedBeforeItEnds() throws InterruptedException {
    CountDownLatch disk = new CountDownLatch(1);
    CountDownLatch lock = new CountDownLatch(1);
    Closing closing = new Closing(Duration.ofMillis(500));
    closing.add("the lock", lock::countDown);
    closing.add("the log", disk::await);
    closing.add("the network", part("network"));
    long began = System.nanoTime();
    closing.close();
    long took = System.nanoTime() - began;
    assertTrue(took >= 500_000_000L && took < 20_000_000_000L, "it took " + took + " ns");
    assertEquals("the log", closing.hanging());
    assertEquals(List.of("network"), closed);
    assertEquals(1, lock.getCount());
    long again = System.nanoTime();
    closing.close();
    assertTrue(System.nanoTime() - again < 400_000_000L, "it waited for the bound again");
    disk.countDown();
    lock.await();
    while (!closing.hanging().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  /// A thread that is interrupted closes all the same, and stays interrupted.
  @Test
  void anInterruptDoesNotCutItShort() {
    Closing closing = new Closing(Duration.ofSeconds(20));
    closing.add("it", part("it"));
    Thread.currentThread().interrupt();
    closing.close();
    assertTrue(Thread.interrupted());
    assertFalse(closed.isEmpty());
  }
}
