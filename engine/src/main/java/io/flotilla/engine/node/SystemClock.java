package io.flotilla.engine.node;

import io.flotilla.spi.Clock;

/// The machine's clocks.
final class SystemClock implements Clock {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}
