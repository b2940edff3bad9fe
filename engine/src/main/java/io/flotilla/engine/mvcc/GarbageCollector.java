package io.flotilla.engine.mvcc;

import io.flotilla.replica.Refusal;
import io.flotilla.spi.EventLoop.Cancellable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
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
  private final Set<GarbageWalk> walks = new LinkedHashSet<>();
  private final Deque<GarbageWalk> due = new ArrayDeque<>();
  private @Nullable Cancellable timer;
  private boolean stopped;

  GarbageCollector(KvEnvironment environment) {
    this.environment = environment;
  }

  void add(GarbageWalk walk) {
    walks.add(walk);
    if (timer == null && !stopped) {
      scheduleIn(environment.options().garbagePollMillis());
    }
  }

  void remove(GarbageWalk walk) {
    walks.remove(walk);
    due.remove(walk);
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
      walks.stream().filter(GarbageWalk::isDue).forEach(due::add);
    }
    GarbageWalk next = due.peek();
    if (next != null) {
      next.step(more -> onStepped(next, more));
    } else if (!walks.isEmpty()) {
      scheduleIn(environment.options().garbagePollMillis());
    }
  }

  private void onStepped(GarbageWalk walk, boolean more) {
    if (!more) {
      due.remove(walk);
    }
    scheduleIn(environment.options().garbagePauseMillis());
  }
}
