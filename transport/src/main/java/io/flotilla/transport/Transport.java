package io.flotilla.transport;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Lane;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.transport.frame.Acceptor;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.Connector;
import io.flotilla.transport.frame.FrameSink;
import io.flotilla.transport.frame.Handshake.Hello;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.Self;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.peer.PeerArrivals;
import io.flotilla.transport.peer.PeerLinks;
import io.flotilla.transport.peer.PeerStats;
import io.flotilla.transport.request.RequestClient;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.request.ServerConnection;
import io.flotilla.transport.tls.Tls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A node's one port, and its ways to other nodes.
///
/// Opening takes the port; until [#start] whoever connects is told to come later. Everything runs
/// on the loops that are handed in, which outlive the transport.
public final class Transport implements AutoCloseable {
  private static final long CLOSE_SECONDS_MAX = 5;
  private static final int BACKLOG = 1024;

  /// Whoever acknowledges nothing for so long is gone; quiet ones are probed as often.
  private static final int DEAD_SECONDS = 30;

  private final TransportLimits limits;
  private final Buffers buffers;
  private final Acceptor acceptor;
  private final PeerLinks peers;
  private final RequestClient client;
  private final Channel port;
  private volatile Identity identity = Identity.ANYBODY;
  private volatile @Nullable Handlers handlers;

  private record Handlers(PeerNetwork.Receiver receiver, RequestService service) {}

  /// Takes the port.
  ///
  /// @param listen port 0: any free one, to be asked for with [#address]
  /// @param tls for all connections, in and out; null: they are plain
  /// @throws TransportException if that cannot be had
  public static Transport open(
      NettyEventLoops loops, HostPort listen, TransportLimits limits, @Nullable Tls tls) {
    return new Transport(loops, listen, limits, tls);
  }

  private Transport(
      NettyEventLoops loops, HostPort listen, TransportLimits limits, @Nullable Tls tls) {
    this.limits = limits;
    this.buffers = new Buffers(loops.count(), limits.bufferBytesMax());
    Connector connector = new Connector(loops, buffers, limits, tls, Self.node(() -> identity));
    this.peers = new PeerLinks(loops, connector, buffers, limits);
    this.client = new RequestClient(loops, limits, buffers, connector);
    this.acceptor = new Acceptor(buffers, limits, tls, this::openLane, loops.group().next());
    this.port = bind(loops, listen);
  }

  private Channel bind(NettyEventLoops loops, HostPort listen) {
    InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
    if (address.isUnresolved()) {
      throw cannotListen(listen, "the host name is unknown", null);
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(acceptor);
    if (loops.isEpoll()) {
      bootstrap
          .childOption(EpollChannelOption.TCP_USER_TIMEOUT, DEAD_SECONDS * 1000)
          .childOption(EpollChannelOption.TCP_KEEPIDLE, DEAD_SECONDS)
          .childOption(EpollChannelOption.TCP_KEEPINTVL, DEAD_SECONDS);
    }
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      String reason = String.valueOf(bound.cause().getMessage());
      boolean inUse = reason.contains("in use");
      throw cannotListen(
          listen,
          inUse ? "the port is in use; stop who has it, or listen on another port" : reason,
          bound.cause());
    }
    return bound.channel();
  }

  private static TransportException cannotListen(
      HostPort listen, String reason, @Nullable Throwable cause) {
    return new TransportException("cannot listen on " + listen + ": " + reason, cause);
  }

  /// Lets the cluster's stores and clients in.
  ///
  /// @param receiver of what peer stores say; called on the loop of each connection
  /// @param service for requests; called on the loop of each connection
  public void start(Identity self, PeerNetwork.Receiver receiver, RequestService service) {
    handlers = new Handlers(receiver, service);
    identity = self;
    acceptor.admit(self);
  }

  /// Where this node listens: the host it was told, the port it has.
  public HostPort address() {
    InetSocketAddress local = (InetSocketAddress) port.localAddress();
    return new HostPort(local.getAddress().getHostAddress(), local.getPort());
  }

  /// The lanes to other stores.
  public PeerNetwork peers() {
    return peers;
  }

  /// Tells where a store listens.
  public void setAddress(StoreId store, HostPort address) {
    peers.setAddress(store, address);
  }

  public @Nullable HostPort addressOf(StoreId store) {
    return peers.address(store);
  }

  /// Sends requests as this store.
  public RequestClient client() {
    return client;
  }

  public PeerStats peerStats() {
    return peers.stats();
  }

  /// Clients that are connected now.
  public int clients() {
    return acceptor.clients();
  }

  /// Bytes in network buffers now.
  public long bufferBytes() {
    return buffers.bytesUsed();
  }

  /// Gives the port back and ends all connections. Waits for that, unless called on a loop.
  @Override
  public void close() {
    peers.close();
    client.close();
    boolean inLoop = port.eventLoop().inEventLoop();
    var portClosed = port.close();
    var channelsClosed = acceptor.close();
    if (!inLoop) {
      portClosed.awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
      channelsClosed.awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
  }

  private FrameSink openLane(Channel channel, Hello hello) {
    Handlers current = handlers;
    if (current == null) {
      throw new IllegalStateException("admitted before the start");
    }
    if (hello.lane() == Lane.REQUESTS) {
      return new ServerConnection(
          channel, hello.from(), current.service(), buffers, limits.frameBytesMax());
    }
    return new PeerArrivals(new StoreId(hello.from().store()), current.receiver());
  }
}
