package io.flotilla.store;

import io.flotilla.replica.ReplicaOptions;
import io.flotilla.replica.lease.PauseWatch;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import org.jspecify.annotations.Nullable;

/// The passing of time on one loop: one timer ticks all its replicas and notices when the process
/// did not run for a while.
final class LoopTicks {
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final int LEAP_PART = 25; // see docs/leases.md
  private static final int READINGS = 4;

  private final StoreCore core;
  private final StoreLoop loop;
  private final Clock clock;
  private final PauseWatch pauses;
  private int ticks;
  private boolean logStalled;
  private long dueAt;
  private EventLoop.@Nullable Cancellable timer;

  LoopTicks(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
    this.clock = core.env().clock();
    this.dueAt = clock.nanos();
    this.pauses = watch(core.env().options(), clock);
  }

  /// The clocks may drift apart by a part of the shortest promise while the longest one lasts; of
  /// that a millisecond cannot be seen.
  private static PauseWatch watch(StoreOptions options, Clock clock) {
    long tick = options.replica().tickNanos();
    long ofStore = options.liveness().promiseNanos();
    long ofRange = (options.replica().raft().electionTicks() - 1) * tick;
    long leapNanosMax = Math.min(ofStore, ofRange) / LEAP_PART - NANOS_PER_MILLI;
    int ticks = (int) (Math.max(ofStore, ofRange) / tick) + 2;
    return new PauseWatch(
        tick * (1 + options.pauseTicks()),
        Math.max(0, leapNanosMax),
        ticks,
        clock.nanos(),
        clock.wallMillis());
  }

  /// Ticks now, and from now on.
  void start() {
    if (!loop.isRunning()) {
      return;
    }
    ReplicaOptions options = core.env().options().replica();
    long nanos = clock.nanos();
    timer = loop.loop().schedule(options.tickNanos(), this::start);
    ticks += isYoung() ? 1 : 0;
    PauseWatch.Tick tick = watchForPauses();
    watchLog();
    if (loop == core.loops().getFirst()) {
      core.liveness().onTick(core.env().clock().nanos(), tick);
    }
    loop.sleepers().onTick(nanos - dueAt > options.tickNanos());
    dueAt = nanos + options.tickNanos();
    loop.arrivals().onTick();
    loop.installs().onTick();
    loop.housekeeper().onTick();
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private PauseWatch.Tick watchForPauses() {
    long before = clock.nanos();
    long wallMillis = clock.wallMillis();
    long after = clock.nanos();
    for (int i = 1; i < READINGS && after - before > NANOS_PER_MILLI / 4; i++) {
      before = clock.nanos();
      wallMillis = clock.wallMillis();
      after = clock.nanos();
    }
    PauseWatch.Tick tick = pauses.onTick(before, wallMillis, after);
    if (tick != PauseWatch.Tick.ON_TIME) {
      core.env().events().emit(new StoreEvent.PauseNoticed(core.env().store()));
    }
    if (tick == PauseWatch.Tick.LEAPT) {
      loop.sleepers().onPause(after);
    }
    return tick;
  }

  private void watchLog() {
    boolean now = loop.handOut().isLogStalled(core.env().clock().nanos());
    if (now != logStalled) {
      logStalled = now;
      core.liveness().onStalled(loop, now);
    }
  }

  /// False if the two clocks have drifted apart of late. A thread that was held up between reading
  /// them reads them again.
  boolean clocksAgree(long nanos) {
    long before = nanos;
    for (int i = 0; i < READINGS; i++) {
      if (!pauses.hasLeapt(before, clock.wallMillis())) {
        return true;
      }
      before = clock.nanos();
    }
    return false;
  }

  /// True as long as what this store promised in its life before may still be relied on.
  boolean isYoung() {
    return ticks <= core.env().options().replica().raft().withholdTicks();
  }
}
