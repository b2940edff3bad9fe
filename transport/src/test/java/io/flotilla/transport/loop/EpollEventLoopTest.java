package io.flotilla.transport.loop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flotilla.spi.EventLoop;
import io.netty.channel.epoll.Epoll;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

class EpollEventLoopTest extends ThreadLoopContract {
  private @Nullable NettyEventLoops loops;

  @Override
  EventLoop open(Consumer<Throwable> onFailure) {
    assumeTrue(Epoll.isAvailable());
    NettyEventLoops opened = new NettyEventLoops(1, "test", onFailure, true);
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
