package io.flotilla.sim;

import io.flotilla.spi.Clock;

/// The clocks of one simulated process: they start anywhere and run a little fast or slow, both
/// alike. The monotonic one can stand still while the wall clock goes on, as in a machine that is
/// suspended; the wall clock can be set, and can stand still, too.
public final class SimClock implements Clock {
  private final SimWorld world;
  private final long origin;
  private final int perMille;
  private long lostNanos;
  private long frozenAt;
  private long frozenUntil;
  private long leapMillis;
  private boolean wallStands;
  private long wallStandsAt;

  /// @param perMille speed against true time: 1000 is true
  public SimClock(SimWorld world, long origin, int perMille) {
    this.world = world;
    this.origin = origin;
    this.perMille = perMille;
  }

  /// The machine is suspended for so long, of which the monotonic clock knows nothing.
  public void lose(long nanos) {
    long now = world.nanos();
    long left = Math.max(0, frozenUntil - now);
    lostNanos = lostBy(now);
    frozenAt = now;
    frozenUntil = now + left + nanos;
  }

  private long lostBy(long now) {
    return lostNanos + Math.min(now, frozenUntil) - frozenAt;
  }

  /// Somebody set the wall clock, this much ahead or back.
  public void leap(long millis) {
    leapMillis += millis;
  }

  /// The wall clock stands still until it [#thaw]s; the monotonic one goes on.
  public void freeze() {
    if (!wallStands) {
      wallStandsAt = wallMillis();
      wallStands = true;
    }
  }

  public void thaw() {
    wallStands = false;
  }

  /// How long `nanos` of this clock take in truth.
  public long realNanos(long nanos) {
    return nanos * 1000 / perMille;
  }

  @Override
  public long nanos() {
    long now = world.nanos();
    return origin + (now - lostBy(now)) * perMille / 1000;
  }

  @Override
  public long wallMillis() {
    return wallStands
        ? wallStandsAt
        : SimWorld.WALL_MILLIS + world.nanos() * perMille / 1000 / 1_000_000 + leapMillis;
  }
}
