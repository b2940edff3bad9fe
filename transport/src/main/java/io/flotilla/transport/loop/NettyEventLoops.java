package io.flotilla.transport.loop;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A node's I/O threads as event loops: native epoll where there is one, NIO elsewhere.
public final class NettyEventLoops implements AutoCloseable {
  private static final long SHUTDOWN_SECONDS = 10;

  private final MultiThreadIoEventLoopGroup group;
  private final List<NettyEventLoop> loops = new ArrayList<>();
  private final boolean epoll;

  /// @param onFailure is told what tasks throw; called on the loop
  public NettyEventLoops(int count, String name, Consumer<Throwable> onFailure) {
    this(count, name, onFailure, Epoll.isAvailable());
  }

  NettyEventLoops(int count, String name, Consumer<Throwable> onFailure, boolean epoll) {
    this.epoll = epoll;
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name, true), io);
    for (EventExecutor executor : group) {
      loops.add(new NettyEventLoop((io.netty.channel.EventLoop) executor, onFailure));
    }
  }

  public int count() {
    return loops.size();
  }

  /// The loop for anything that is to be spread by `number`, always the same for the same one.
  public NettyEventLoop get(long number) {
    return loops.get((int) Math.floorMod(number, (long) loops.size()));
  }

  public boolean isEpoll() {
    return epoll;
  }

  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  public Class<? extends ServerSocketChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  public Class<? extends SocketChannel> channel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /// Ends the threads after the tasks queued so far, and waits for that unless called on one of
  /// them.
  @Override
  public void close() {
    group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    boolean inside = loops.stream().anyMatch(NettyEventLoop::inLoop);
    if (!inside) {
      group.terminationFuture().awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
  }
}
