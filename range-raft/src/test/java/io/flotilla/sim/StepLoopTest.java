package io.flotilla.sim;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoopContract;

class StepLoopTest extends EventLoopContract {
  private final StepLoop loop = new StepLoop();

  @Override
  protected EventLoop loop() {
    return loop;
  }

  @Override
  protected long nanos() {
    return loop.nanos();
  }

  @Override
  protected String next() {
    while (done.isEmpty() && loop.step()) {}
    return done.isEmpty() ? "nothing" : done.remove();
  }
}
