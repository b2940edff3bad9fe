package io.flotilla.transport.frame;

import io.flotilla.codec.CodecException;
import io.flotilla.spi.Lane;
import io.flotilla.transport.frame.Handshake.Hello;
import io.flotilla.transport.frame.Handshake.Refused;
import io.flotilla.transport.frame.Handshake.Welcome;
import io.flotilla.transport.tls.Tls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes in connections: hears who comes, lets members of the cluster and its clients stay, and
/// turns everybody else away with the reason.
public final class Acceptor extends ChannelInitializer<Channel> {
  private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

  /// Connections beyond the clients' limit that may be there to be told so, and the stores' own.
  private static final int SPARE_CONNECTIONS = 512;

  private final Buffers buffers;
  private final TransportLimits limits;
  private final @Nullable Tls tls;
  private final LaneOpener opener;
  private final ChannelGroup channels;
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private volatile @Nullable Identity self;

  /// Who speaks on a connection once the handshake is over. Called on the connection's loop.
  public interface LaneOpener {
    FrameSink open(Channel channel, Hello hello);
  }

  /// @param tls null: connections are plain
  public Acceptor(
      Buffers buffers,
      TransportLimits limits,
      @Nullable Tls tls,
      LaneOpener opener,
      EventExecutor executor) {
    this.buffers = buffers;
    this.limits = limits;
    this.tls = tls;
    this.opener = opener;
    this.channels = new DefaultChannelGroup(executor);
  }

  /// From now on connections are let in; before, they are told to come later.
  public void admit(Identity identity) {
    self = identity;
  }

  /// Clients that are connected.
  public int clients() {
    return clients.get();
  }

  /// Ends all connections.
  public Future<?> close() {
    return channels.close();
  }

  @Override
  protected void initChannel(Channel channel) {
    if (connections.incrementAndGet() > limits.connectionsMax() + SPARE_CONNECTIONS) {
      connections.decrementAndGet();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> connections.decrementAndGet());
    channels.add(channel);
    channel.config().setOption(ChannelOption.ALLOCATOR, buffers.allocator());
    Arrival arrival = new Arrival(channel);
    channel
        .pipeline()
        .addLast(new Door(tls, limits.handshakeTimeout(), arrival::refuse), arrival.reader);
  }

  /// A connection that has not said who it is.
  private final class Arrival implements FrameSink {
    final FrameReader reader;
    private final Channel channel;
    private final Future<?> timeout;
    private boolean refused;

    Arrival(Channel channel) {
      this.channel = channel;
      this.reader = new FrameReader(buffers, this, Handshake.BODY_BYTES_MAX);
      this.timeout =
          channel
              .eventLoop()
              .schedule(
                  this::onTimeout, limits.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void onTimeout() {
      SslHandler handler = channel.pipeline().get(SslHandler.class);
      if (handler != null && !handler.handshakeFuture().isSuccess()) {
        channel.close(); // There is no way yet on which it could be told.
      } else {
        refuse("no hello within " + limits.handshakeTimeout().toMillis() + " ms");
      }
    }

    @Override
    public void onFrame(int type, ByteBuffer body) {
      if (refused) {
        return;
      }
      if (type != FrameType.HELLO) {
        throw new CodecException("frame of type " + type + " before the handshake");
      }
      Hello hello = Handshake.readHello(body);
      String objection = objection(hello);
      Identity identity = self;
      if (objection != null || identity == null) {
        refuse(objection == null ? "not ready yet" : objection);
      } else if (!hello.from().isStore() && !countClient()) {
        refuse(
            new Refused(
                true,
                "too many connections: "
                    + limits.connectionsMax()
                    + " clients are connected, the limit (connections-max); close some, or raise"
                    + " it"));
      } else {
        timeout.cancel(false);
        welcome(identity, hello);
      }
    }

    @Override
    public void onClosed(String reason) {
      timeout.cancel(false);
    }

    private void welcome(Identity identity, Hello hello) {
      Welcome welcome = new Welcome(identity, 0, limits.frameBytesMax());
      ByteBuf frame = Handshake.write(buffers, welcome);
      channel.writeAndFlush(frame, channel.voidPromise());
      log.debug("{}: {} on {}", channel.remoteAddress(), hello.from().role(), hello.lane());
      reader.become(opener.open(channel, hello), limits.frameBytesMax());
    }

    /// False: there are as many as may be.
    private boolean countClient() {
      if (clients.incrementAndGet() > limits.connectionsMax()) {
        clients.decrementAndGet();
        return false;
      }
      channel.closeFuture().addListener(_ -> clients.decrementAndGet());
      return true;
    }

    private void refuse(String reason) {
      refuse(new Refused(false, reason));
    }

    private void refuse(Refused refusal) {
      refused = true;
      timeout.cancel(false);
      log.warn("{}: turned away: {}", channel.remoteAddress(), refusal.reason());
      channel
          .writeAndFlush(Handshake.write(buffers, refusal))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  private @Nullable String objection(Hello hello) {
    Identity identity = self;
    if (hello.protocol() != Handshake.PROTOCOL) {
      return "protocol " + hello.protocol() + ", this node speaks " + Handshake.PROTOCOL;
    }
    if (identity == null) {
      return "not ready yet: the node is starting";
    }
    if (hello.from().isStore() || !hello.from().cluster().isEmpty()) {
      if (!hello.from().cluster().equals(identity.cluster())) {
        return hello.from().role()
            + (" of cluster " + hello.from().cluster())
            + (", this node is of cluster " + identity.cluster());
      }
    }
    if (hello.wantedStore() != 0 && hello.wantedStore() != identity.store()) {
      return "looking for store " + hello.wantedStore() + ", this is " + identity.role();
    }
    if (!hello.from().isStore() && hello.lane() != Lane.REQUESTS) {
      return "a client may use the requests lane alone";
    }
    return null;
  }
}
