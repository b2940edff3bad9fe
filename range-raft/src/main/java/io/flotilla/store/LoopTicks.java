package io.flotilla.store;

import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaOptions;
import io.flotilla.replica.lease.PauseWatch;
import io.flotilla.spi.EventLoop;
import org.jspecify.annotations.Nullable;

/// The passing of time on one loop: one timer ticks all its replicas and notices when the process
/// did not run for a while.
final class LoopTicks {
  private static final long LEAP_MILLIS_MAX = 100;

  private final StoreCore core;
  private final StoreLoop loop;
  private final PauseWatch pauses;
  private int ticks;
  private EventLoop.@Nullable Cancellable timer;

  LoopTicks(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
    StoreOptions options = core.env().options();
    this.pauses =
        new PauseWatch(
            options.replica().tickNanos() * (1 + options.pauseTicks()),
            LEAP_MILLIS_MAX,
            core.env().clock().nanos(),
            core.env().clock().wallMillis());
  }

  /// Ticks now, and from now on.
  void start() {
    if (!loop.isRunning()) {
      return;
    }
    ReplicaOptions options = core.env().options().replica();
    timer = loop.loop().schedule(options.tickNanos(), this::start);
    ticks += isYoung() ? 1 : 0;
    watchForPauses();
    for (RangeReplica replica : loop.replicas().all()) {
      loop.guard(replica, replica::tick);
    }
    loop.arrivals().onTick();
    loop.installs().onTick();
    loop.housekeeper().onTick();
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void watchForPauses() {
    if (pauses.onTick(core.env().clock().nanos(), core.env().clock().wallMillis())) {
      core.env().events().emit(new StoreEvent.PauseNoticed(core.env().store()));
      loop.replicas().all().forEach(RangeReplica::onPause);
    }
  }

  /// False if the two clocks have drifted apart since the last tick.
  boolean clocksAgree(long nanos) {
    return !pauses.hasLeapt(nanos, core.env().clock().wallMillis());
  }

  /// True as long as what this store promised in its life before may still be relied on.
  boolean isYoung() {
    return ticks <= core.env().options().replica().raft().electionTicks();
  }
}
