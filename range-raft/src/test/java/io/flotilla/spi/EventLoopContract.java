package io.flotilla.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.EventLoop.Cancellable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/// What every [EventLoop] does, be it a thread or not.
public abstract class EventLoopContract {
  protected static final long MILLI = 1_000_000;

  /// What the tasks of a test did, in their order.
  protected final BlockingQueue<String> done = new LinkedBlockingQueue<>();

  protected abstract EventLoop loop();

  /// The time by which the loop's timers go.
  protected abstract long nanos();

  /// Lets the loop work until something else is done, and takes that; "nothing" if nothing ever is.
  protected abstract String next() throws InterruptedException;

  @Test
  void tasksRunInOrderOnTheLoop() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      loop().execute(() -> done.add(number + " " + loop().inLoop()));
    }
    for (int i = 0; i < 10_000; i++) {
      assertEquals(i + " true", next());
    }
  }

  @Test
  void aTaskQueuedOnTheLoopRunsAfterThoseQueuedBefore() throws Exception {
    loop()
        .execute(() -> {
          loop()
              .execute(() -> {
                loop().execute(() -> done.add("third"));
                done.add("second");
              });
          done.add("first");
        });
    assertEquals("first", next());
    assertEquals("second", next());
    assertEquals("third", next());
  }

  @Test
  void tasksQueuedOnTheLoopKeepTheirOrder() throws Exception {
    loop()
        .execute(() -> {
          for (int i = 0; i < 100; i++) {
            int number = i;
            loop().execute(() -> done.add("" + number));
          }
          done.add("first");
        });
    assertEquals("first", next());
    for (int i = 0; i < 100; i++) {
      assertEquals("" + i, next());
    }
  }

  @Test
  void timersRunOnTheLoopInTheOrderOfTheirTimesAndNotBefore() throws Exception {
    long start = nanos();
    timer(60, start);
    timer(20, start);
    loop().execute(() -> timer(40, start));
    assertEquals("20 true in time", next());
    assertEquals("40 true in time", next());
    assertEquals("60 true in time", next());
  }

  private void timer(long millis, long start) {
    loop()
        .schedule(
            millis * MILLI,
            () -> {
              boolean isEarly = nanos() - start < millis * MILLI;
              done.add(millis + " " + loop().inLoop() + (isEarly ? " too early" : " in time"));
            });
  }

  @Test
  void aTimerOfNothingRunsSoonButNotAtOnce() throws Exception {
    loop()
        .execute(() -> {
          loop().schedule(0, () -> done.add("timer"));
          done.add("task");
        });
    assertEquals("task", next());
    assertEquals("timer", next());
    loop().schedule(0, () -> done.add("from elsewhere"));
    assertEquals("from elsewhere", next());
  }

  @Test
  void aTimerMayBeSetByATimer() throws Exception {
    long start = nanos();
    loop().schedule(10 * MILLI, () -> loop().schedule(10 * MILLI, () -> done.add("both")));
    assertEquals("both", next());
    assertTrue(nanos() - start >= 20 * MILLI);
  }

  @Test
  void aTimerThatIsCancelledDoesNotRun() throws Exception {
    loop()
        .execute(() -> {
          Cancellable timer = loop().schedule(20 * MILLI, () -> done.add("cancelled"));
          timer.cancel();
          timer.cancel();
          loop().schedule(40 * MILLI, () -> done.add("kept"));
        });
    assertEquals("kept", next());
  }

  /// Whoever cancels on the loop need not ask whether the timer waits behind him already.
  @Test
  void aTimerThatIsDueAndHasNotBegunIsStillCancelled() throws Exception {
    loop()
        .execute(() -> {
          Cancellable[] second = new Cancellable[1];
          loop().schedule(20 * MILLI, () -> second[0].cancel());
          second[0] = loop().schedule(20 * MILLI + 1, () -> done.add("cancelled"));
          loop().schedule(40 * MILLI, () -> done.add("kept"));
        });
    assertEquals("kept", next());
  }

  @Test
  void cancellingATimerThatRanDoesNothing() throws Exception {
    Cancellable timer = loop().schedule(MILLI, () -> done.add("timer"));
    assertEquals("timer", next());
    timer.cancel();
    loop().execute(() -> done.add("task"));
    assertEquals("task", next());
  }
}
