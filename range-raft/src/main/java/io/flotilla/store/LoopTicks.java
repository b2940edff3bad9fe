package io.flotilla.store;

import io.flotilla.replica.ReplicaOptions;
import io.flotilla.replica.lease.PauseWatch;
import io.flotilla.spi.EventLoop;
import org.jspecify.annotations.Nullable;

/// The passing of time on one loop: one timer ticks all its replicas and notices when the process
/// did not run for a while.
final class LoopTicks {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final StoreCore core;
  private final StoreLoop loop;
  private final PauseWatch pauses;
  private int ticks;
  private boolean logStalled;
  private EventLoop.@Nullable Cancellable timer;

  LoopTicks(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
    StoreOptions options = core.env().options();
    this.pauses =
        new PauseWatch(
            options.replica().tickNanos() * (1 + options.pauseTicks()),
            leapMillisMax(options.replica().tickNanos()),
            core.env().clock().nanos(),
            core.env().clock().wallMillis());
  }

  /// How far the clocks may drift apart between two ticks: less than the margin of any lease.
  private static long leapMillisMax(long tickNanos) {
    return Math.max(5, tickNanos / 2 / NANOS_PER_MILLI);
  }

  /// Ticks now, and from now on.
  void start() {
    if (!loop.isRunning()) {
      return;
    }
    ReplicaOptions options = core.env().options().replica();
    timer = loop.loop().schedule(options.tickNanos(), this::start);
    ticks += isYoung() ? 1 : 0;
    boolean late = watchForPauses();
    watchLog();
    if (loop == core.loops().getFirst()) {
      core.liveness().onTick(core.env().clock().nanos(), late);
    }
    loop.sleepers().onTick();
    loop.arrivals().onTick();
    loop.installs().onTick();
    loop.housekeeper().onTick();
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  /// True if there was one.
  private boolean watchForPauses() {
    long nanos = core.env().clock().nanos();
    boolean paused = pauses.onTick(nanos, core.env().clock().wallMillis());
    if (paused) {
      core.env().events().emit(new StoreEvent.PauseNoticed(core.env().store()));
      loop.sleepers().onPause(nanos);
    }
    return paused;
  }

  private void watchLog() {
    boolean now = loop.handOut().isLogStalled(core.env().clock().nanos());
    if (now != logStalled) {
      logStalled = now;
      core.liveness().onStalled(loop, now);
    }
  }

  /// False if the two clocks have drifted apart since the last tick.
  boolean clocksAgree(long nanos) {
    return !pauses.hasLeapt(nanos, core.env().clock().wallMillis());
  }

  /// True as long as what this store promised in its life before may still be relied on.
  boolean isYoung() {
    return ticks <= core.env().options().replica().raft().withholdTicks();
  }
}
