package io.flotilla.transport.loop;

import io.flotilla.spi.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One of Netty's threads as an event loop: a store loop that runs on it does its sockets' I/O
/// without a hop between threads.
public final class NettyEventLoop implements EventLoop {
  private final io.netty.channel.EventLoop netty;
  private final Consumer<Throwable> onFailure;

  NettyEventLoop(io.netty.channel.EventLoop netty, Consumer<Throwable> onFailure) {
    this.netty = netty;
    this.onFailure = onFailure;
  }

  /// Netty's own face of this loop.
  public io.netty.channel.EventLoop netty() {
    return netty;
  }

  @Override
  public void execute(Runnable task) {
    try {
      netty.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      throw rejected(e);
    }
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    try {
      ScheduledFuture<?> future = netty.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      throw rejected(e);
    }
  }

  @Override
  public boolean inLoop() {
    return netty.inEventLoop();
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      onFailure.accept(failure);
    }
  }

  private static RejectedByLoopException rejected(RejectedExecutionException cause) {
    RejectedByLoopException rejected = new RejectedByLoopException("event loop has shut down");
    rejected.initCause(cause);
    return rejected;
  }
}
