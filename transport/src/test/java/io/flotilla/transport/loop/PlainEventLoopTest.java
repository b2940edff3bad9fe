package io.flotilla.transport.loop;

import io.flotilla.spi.EventLoop;
import java.util.function.Consumer;

class PlainEventLoopTest extends ThreadLoopContract {
  @Override
  EventLoop open(Consumer<Throwable> onFailure) {
    return new PlainEventLoop("test", onFailure);
  }

  @Override
  void closeLoop() {
    ((PlainEventLoop) loop).close();
  }
}
