package io.flotilla.transport.frame;

import io.flotilla.codec.CodecException;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.spi.Lane;
import io.flotilla.transport.frame.Handshake.Hello;
import io.flotilla.transport.frame.Handshake.Refused;
import io.flotilla.transport.frame.Handshake.Welcome;
import io.flotilla.transport.loop.NettyEventLoop;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.tls.Tls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes connections and introduces this end. Names are resolved aside, so that no loop waits for
/// that.
public final class Connector {
  private static final Logger log = LoggerFactory.getLogger(Connector.class);
  private static final int CONNECT_MILLIS_MAX = 3_000;

  /// A connection whose bytes nobody acknowledges for so long is dead: the network was cut. Ending
  /// it spares the wait for TCP's next, ever later, attempt.
  private static final int UNACKNOWLEDGED_MILLIS_MAX = 5_000;

  private final NettyEventLoops loops;
  private final Buffers buffers;
  private final TransportLimits limits;
  private final @Nullable Tls tls;
  private final Self self;

  /// What becomes of an attempt: exactly one of the two is called, on the loop.
  public interface Opening {
    /// The connection is open; the result takes its frames from now on.
    FrameSink opened(Channel channel, Welcome welcome);

    /// @param limit the other side has as many connections as it may have; later there may be room
    void failed(String reason, boolean limit);
  }

  /// Where to, for what, and whom to expect there (0: anybody).
  public record Target(HostPort address, Lane lane, long wantedStore) {}

  /// @param tls null: connections are plain
  public Connector(
      NettyEventLoops loops,
      Buffers buffers,
      TransportLimits limits,
      @Nullable Tls tls,
      Self self) {
    this.loops = loops;
    this.buffers = buffers;
    this.limits = limits;
    this.tls = tls;
    this.self = self;
  }

  /// Connects on the given loop. Never blocks; callable on that loop.
  public void connect(NettyEventLoop loop, Target target, Opening opening) {
    HostPort address = target.address();
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(address.host());
    if (literal != null) {
      try {
        InetAddress ip = InetAddress.getByAddress(literal);
        connect(loop, new InetSocketAddress(ip, address.port()), target, opening);
      } catch (UnknownHostException e) {
        throw new IllegalStateException(e);
      }
      return;
    }
    Thread.ofVirtual().start(() -> resolve(loop, target, opening));
  }

  private void resolve(NettyEventLoop loop, Target target, Opening opening) {
    HostPort address = target.address();
    InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
    try {
      loop.execute(() -> {
        if (resolved.isUnresolved()) {
          opening.failed("cannot resolve the host name in " + address, false);
        } else {
          connect(loop, resolved, target, opening);
        }
      });
    } catch (RejectedByLoopException e) {
      log.debug("no connection to {}, the node is shutting down", address, e);
    }
  }

  private void connect(
      NettyEventLoop loop, InetSocketAddress address, Target target, Opening opening) {
    Departure departure = new Departure(target, opening);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop.netty())
            .channel(loops.channel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
            .option(ChannelOption.ALLOCATOR, buffers.allocator())
            .handler(new Initializer(departure));
    if (loops.isEpoll()) {
      bootstrap.option(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS_MAX);
    }
    ChannelFuture connected = bootstrap.connect(address);
    connected.addListener(_ -> {
      if (connected.isSuccess()) {
        departure.introduce(connected.channel());
      } else {
        departure.fail("cannot connect to " + target.address() + ": " + cause(connected));
      }
    });
  }

  private static String cause(ChannelFuture failed) {
    Throwable cause = failed.cause();
    if (cause instanceof ConnectException refused && refused.getMessage() != null) {
      String message = refused.getMessage();
      return message.contains("refused") ? "connection refused" : message;
    }
    return String.valueOf(cause);
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    private final Departure departure;

    Initializer(Departure departure) {
      this.departure = departure;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (tls != null) {
        channel.pipeline().addLast(tls.connecting(buffers.allocator(), limits.handshakeTimeout()));
      }
      channel.pipeline().addLast(departure.reader);
    }
  }

  /// A connection that waits for its welcome.
  private final class Departure implements FrameSink {
    final FrameReader reader = new FrameReader(buffers, this, Handshake.BODY_BYTES_MAX);
    private final Target target;
    private final Opening opening;
    private @Nullable Channel channel;
    private @Nullable Future<?> timeout;
    private boolean decided;

    Departure(Target target, Opening opening) {
      this.target = target;
      this.opening = opening;
    }

    void introduce(Channel channel) {
      Hello hello =
          new Hello(Handshake.PROTOCOL, target.lane(), self.identity(), target.wantedStore(), 0);
      channel.writeAndFlush(Handshake.write(buffers, hello), channel.voidPromise());
      long millis = limits.handshakeTimeout().toMillis();
      this.channel = channel;
      this.timeout =
          channel.eventLoop().schedule(() -> onTimeout(channel), millis, TimeUnit.MILLISECONDS);
    }

    private void onTimeout(Channel channel) {
      fail("no answer to the handshake from " + target.address());
      channel.close();
    }

    void fail(String reason) {
      fail(reason, false);
    }

    private void fail(String reason, boolean limit) {
      if (!decided) {
        decided = true;
        opening.failed(reason, limit);
      }
    }

    @Override
    public void onFrame(int type, ByteBuffer body) {
      Channel open = channel;
      if (open == null || decided) {
        return;
      }
      switch (type) {
        case FrameType.WELCOME -> onWelcome(open, Handshake.readWelcome(body));
        case FrameType.REFUSED -> {
          Refused refused = Handshake.readRefused(body);
          fail("refused by " + target.address() + ": " + refused.reason(), refused.isLimit());
          open.close();
        }
        default -> throw new CodecException("frame of type " + type + " instead of a welcome");
      }
    }

    private void onWelcome(Channel open, Welcome welcome) {
      if (!self.takes(welcome.from())) {
        String cluster = self.identity().cluster();
        fail(target.address() + " is of cluster " + welcome.from().cluster() + ", not " + cluster);
        open.close();
        return;
      }
      decided = true;
      if (timeout != null) {
        timeout.cancel(false);
      }
      reader.become(opening.opened(open, welcome), limits.frameBytesMax());
    }

    @Override
    public void onClosed(String reason) {
      if (timeout != null) {
        timeout.cancel(false);
      }
      fail("handshake with " + target.address() + " failed: " + reason);
    }
  }
}
