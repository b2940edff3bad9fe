package io.flotilla.engine.route;

import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// Tells calls that their time is up: one timer for all calls, none for each. Thread-safe.
///
/// To be watched costs one entry in a lock-free queue; a sweep every few milliseconds drops those
/// that are done and expires those that are late. Nothing runs while nothing is watched.
public final class DeadlineWatch {
  private final EventLoop loop;
  private final Clock clock;
  private final long sweepNanos;
  private final Queue<Watched> incoming = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Those that a sweep has seen and left. Whoever works on them takes them out as a whole.
  private final AtomicReference<List<Watched>> watched = new AtomicReference<>(List.of());

  /// Something with a deadline.
  public interface Watched {
    /// On the clock that the watch goes by. May change: it is asked for in each sweep.
    long deadlineNanos();

    boolean isDone();

    /// Called on the watch's loop, soon after the deadline, unless done by then. Who is not done
    /// after it has another deadline.
    void onDeadline(long now);

    /// The engine closes. Called on any thread, maybe twice.
    void onClosed();
  }

  /// @param sweepMillis how late a call may be told
  public DeadlineWatch(EventLoop loop, Clock clock, long sweepMillis) {
    this.loop = loop;
    this.clock = clock;
    this.sweepNanos = sweepMillis * 1_000_000;
  }

  /// Watches a call until it is done. Once the watch is closed, calls are told so at once.
  public void watch(Watched call) {
    incoming.add(call);
    if (closed.get()) {
      endAll();
    } else {
      ensureSweeping();
    }
  }

  private void ensureSweeping() {
    if (!sweeping.get() && sweeping.compareAndSet(false, true)) {
      try {
        loop.schedule(sweepNanos, this::sweep);
      } catch (EventLoop.RejectedByLoopException e) {
        endAll();
      }
    }
  }

  private void sweep() {
    long now = clock.nanos();
    List<Watched> still = new ArrayList<>();
    watched.getAndSet(List.of()).forEach(call -> sweep(call, now, still));
    for (Watched call = incoming.poll(); call != null; call = incoming.poll()) {
      sweep(call, now, still);
    }
    watched.set(still);
    sweeping.set(false);
    if (closed.get()) {
      endAll();
    } else if (!still.isEmpty() || !incoming.isEmpty()) {
      ensureSweeping();
    }
  }

  private static void sweep(Watched call, long now, List<Watched> still) {
    if (call.isDone()) {
      return;
    }
    if (call.deadlineNanos() - now <= 0) {
      call.onDeadline(now);
      if (call.isDone()) {
        return;
      }
    }
    still.add(call);
  }

  /// Ends every call that is watched now or will be, whether the loop still runs or not.
  /// Idempotent.
  void close() {
    closed.set(true);
    endAll();
  }

  private void endAll() {
    for (Watched call = incoming.poll(); call != null; call = incoming.poll()) {
      call.onClosed();
    }
    watched.getAndSet(List.of()).forEach(Watched::onClosed);
  }
}
