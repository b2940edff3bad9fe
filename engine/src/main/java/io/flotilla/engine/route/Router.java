package io.flotilla.engine.route;

import io.flotilla.keyspace.Key;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.RandomSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What all calls of an engine share: the routes, the ports, the clock.
///
/// Thread-safe. Calls run on whatever thread brings them on; the loop is for pauses and deadlines
/// only.
public final class Router {
  private final RangeCache cache;
  private final Ports ports;
  private final RouteOptions options;
  private final DeadlineWatch deadlines;
  private final Suspects suspects = new Suspects();
  private final SnapshotHolds holds;
  private final AtomicLong jitter;
  private final AtomicInteger turns = new AtomicInteger();

  /// The world as the router sees it.
  ///
  /// @param loop for timers
  /// @param clock deadlines are on its monotonic side
  public record Ports(
      StoreChannel channel,
      RangeLookup lookup,
      SnapshotSource snapshots,
      HoldSource holds,
      EventLoop loop,
      Clock clock,
      RandomSource random) {}

  public Router(Ports ports, RouteOptions options) {
    this.ports = ports;
    this.options = options;
    this.cache = new RangeCache(options.rangesMax());
    this.deadlines = new DeadlineWatch(ports.loop(), ports.clock(), options.sweepMillis());
    this.holds = new SnapshotHolds(this, ports.holds());
    this.jitter = new AtomicLong(ports.random().nextLong());
  }

  public RangeCache cache() {
    return cache;
  }

  Suspects suspects() {
    return suspects;
  }

  StoreChannel channel() {
    return ports.channel();
  }

  RangeLookup lookup() {
    return ports.lookup();
  }

  SnapshotSource snapshotSource() {
    return ports.snapshots();
  }

  SnapshotHolds holds() {
    return holds;
  }

  long nanos() {
    return ports.clock().nanos();
  }

  /// Another number each time: for calls that take turns.
  int turn() {
    return turns.getAndIncrement();
  }

  void watch(DeadlineWatch.Watched call) {
    deadlines.watch(call);
  }

  @Nullable Route route(Key position, boolean below) {
    return below ? cache.findBelow(position) : cache.find(position);
  }

  /// Runs `task` after a pause that grows with the attempts, half of it by chance so that those who
  /// were refused together do not come back together.
  void afterBackoff(int attempt, long millisMin, Runnable task) {
    long step = options.backoffMillisMin() << Math.min(attempt, 16);
    long pause = Math.min(step, options.backoffMillisMax());
    long nanos = Math.max(pause, Math.min(millisMin, options.backoffMillisMax())) * 1_000_000;
    long half = nanos / 2;
    long chance = new RandomSource(jitter.getAndAdd(0x9E3779B97F4A7C15L)).nextLong() >>> 1;
    after(half + chance % Math.max(1, half), task);
  }

  /// Runs `task` after a pause, unless the engine is closed before.
  void after(long nanos, Runnable task) {
    try {
      ports.loop().schedule(nanos, task);
    } catch (EventLoop.RejectedByLoopException e) {
      deadlines.close();
    }
  }

  /// Fails every call under way and to come.
  public void close() {
    holds.close();
    deadlines.close();
  }
}
