package io.flotilla.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.spi.Clock;
import io.flotilla.spi.ClockContract;
import org.junit.jupiter.api.Test;

/// The slowest clock that fleets have, from an origin that it overflows from at once.
class SimClockTest extends ClockContract {
  private static final long MILLI = 1_000_000;

  private final SimWorld world = new SimWorld(1);
  private final SimClock clock = new SimClock(world, Long.MAX_VALUE - 10, 960);

  @Override
  protected Clock clock() {
    return clock;
  }

  @Override
  protected void pass(long nanos) {
    world.runFor(nanos);
  }

  @Test
  void aMachineThatIsSuspendedLosesMonotonicTimeAlone() {
    long nanos = clock.nanos();
    long millis = clock.wallMillis();
    clock.lose(100 * MILLI);
    world.runFor(100 * MILLI);
    assertEquals(0, clock.nanos() - nanos);
    assertEquals(96, clock.wallMillis() - millis);
    world.runFor(100 * MILLI);
    assertEquals(96 * MILLI, clock.nanos() - nanos);
  }

  @Test
  void aWallClockThatIsSetOrStandsLeavesTheMonotonicSideAlone() {
    long nanos = clock.nanos();
    long millis = clock.wallMillis();
    clock.leap(-5_000);
    assertEquals(-5_000, clock.wallMillis() - millis);
    clock.freeze();
    world.runFor(100 * MILLI);
    assertEquals(-5_000, clock.wallMillis() - millis);
    clock.thaw();
    assertEquals(96 - 5_000, clock.wallMillis() - millis);
    assertEquals(96 * MILLI, clock.nanos() - nanos);
  }
}
