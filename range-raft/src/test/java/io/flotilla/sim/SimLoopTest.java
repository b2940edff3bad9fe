package io.flotilla.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoopContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Its timers go by the clock of its process, which is a bit fast here, as fleets have them.
class SimLoopTest extends EventLoopContract {
  private final SimWorld world = new SimWorld(7);
  private final SimClock clock = new SimClock(world, -12_345, 1040);
  private final SimLoop loop = new SimLoop(world, clock, "test", 5_000);

  @Override
  protected EventLoop loop() {
    return loop;
  }

  @Override
  protected long nanos() {
    return clock.nanos();
  }

  @Override
  protected String next() {
    while (done.isEmpty() && world.step()) {}
    return done.isEmpty() ? "nothing" : done.remove();
  }

  @Test
  void onlyItsOwnTasksAreInTheLoop() {
    SimLoop other = new SimLoop(world, clock, "other", 5_000);
    assertFalse(loop.inLoop());
    other.execute(() -> done.add(loop.inLoop() + " " + other.inLoop()));
    assertEquals("false true", next());
    assertFalse(loop.inLoop());
  }

  @Test
  void aLoopThatIsPausedDoesItsTasksAfterwards() {
    loop.pause(50 * MILLI);
    loop.execute(() -> done.add("at " + world.nanos() / MILLI));
    loop.schedule(10 * MILLI, () -> done.add("timer at " + world.nanos() / MILLI));
    assertEquals(List.of("at 50", "timer at 50"), List.of(next(), next()));
  }

  @Test
  void aDeadLoopRunsNothing() {
    loop.execute(() -> done.add("queued"));
    loop.schedule(1, () -> done.add("timer"));
    loop.kill();
    loop.execute(() -> done.add("late"));
    assertEquals("nothing", next());
  }
}
