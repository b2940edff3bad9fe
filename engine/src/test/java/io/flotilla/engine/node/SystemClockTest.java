package io.flotilla.engine.node;

import io.flotilla.spi.Clock;
import io.flotilla.spi.ClockContract;

final class SystemClockTest extends ClockContract {
  private final Clock clock = new SystemClock();

  @Override
  protected Clock clock() {
    return clock;
  }

  @Override
  protected void pass(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }
}
