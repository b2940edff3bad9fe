package io.flotilla.engine.mvcc;

import io.flotilla.replica.Refusal;
import io.flotilla.spi.EventLoop.Cancellable;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Lets the ranges led on one loop collect their old versions: one at a time, slice by slice, with
/// a pause between. One timer for all of them. Confined to the loop.
final class GarbageCollector {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /// Versions age by the timestamps that are seen here, and a store that refuses writes may see
  /// none: it asks for one, or what was deleted to make room would stay for ever.
  private static final TimestampBatcher.Waiter TIME_GOES_ON =
      new TimestampBatcher.Waiter() {
        @Override
        public void onTimestamp(long timestamp) {}

        @Override
        public void onNoTimestamp(Refusal refusal) {}
      };

  private final KvEnvironment environment;
  private final GarbageRoll led = new GarbageRoll();
  private final Deque<KvMachine> due = new ArrayDeque<>();
  private @Nullable Cancellable timer;
  private boolean stopped;

  GarbageCollector(KvEnvironment environment) {
    this.environment = environment;
  }

  void add(KvMachine machine) {
    led.add(machine);
    if (timer == null && !stopped) {
      scheduleIn(environment.options().garbagePollMillis());
    }
  }

  void remove(KvMachine machine) {
    if (led.remove(machine)) {
      due.remove(machine);
    }
  }

  /// A machine that leads comes to rest, with what was counted so far.
  void rests(KvMachine machine, GarbageMeter meter) {
    led.rests(machine, meter.dueFrom(environment.options().garbageVersionsMin()));
  }

  void wakes(KvMachine machine) {
    led.wakes(machine);
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void scheduleIn(long millis) {
    if (!stopped) {
      timer = environment.loop().schedule(millis * NANOS_PER_MILLI, this::turn);
    }
  }

  private void turn() {
    timer = null;
    if (environment.room().isScarce()) {
      environment.timestamps().draw(TIME_GOES_ON);
    }
    if (due.isEmpty()) {
      look();
    }
    KvMachine next = due.peek();
    if (next != null) {
      next.collectGarbage(more -> onStepped(next, more));
    } else if (!led.isEmpty()) {
      scheduleIn(environment.options().garbagePollMillis());
    }
  }

  private void look() {
    long safePoint = environment.timestamps().safePoint().value();
    if (safePoint > 0) {
      // Where room is scarce fewer versions are enough than those at rest were judged by.
      led.each(
          environment.room().isScarce() ? GarbageRoll.NEVER : safePoint,
          machine -> {
            if (machine.isGarbageDue(safePoint)) {
              due.add(machine);
            }
          });
    }
  }

  private void onStepped(KvMachine machine, boolean more) {
    if (!more) {
      due.remove(machine);
    }
    scheduleIn(environment.options().garbagePauseMillis());
  }
}
