package io.flotilla.transport.loop;

import io.flotilla.spi.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

class NioEventLoopTest extends ThreadLoopContract {
  private @Nullable NettyEventLoops loops;

  @Override
  EventLoop open(Consumer<Throwable> onFailure) {
    NettyEventLoops opened = new NettyEventLoops(1, "test", onFailure, false);
    loops = opened;
    return opened.get(0);
  }

  @Override
  void closeLoop() {
    if (loops != null) {
      loops.close();
    }
  }
}
