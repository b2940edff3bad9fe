package io.flotilla.transport.peer;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Lane;
import io.flotilla.transport.frame.Connector;
import io.flotilla.transport.frame.FrameSink;
import io.flotilla.transport.frame.Handshake.Welcome;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.loop.NettyEventLoop;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One lane's connection to one peer store: made when somebody wants to send, and made again after
/// it broke, at growing intervals. Confined to its loop.
final class Link implements Connector.Opening, FrameSink {
  private static final Logger log = LoggerFactory.getLogger(Link.class);
  private static final long BACKOFF_NANOS_MIN = 20_000_000L;
  private static final long BACKOFF_NANOS_MAX = 1_000_000_000L;
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(256 << 10, 1 << 20);

  private final NettyEventLoop loop;
  private final Connector connector;
  private final StoreId store;
  private final Lane lane;
  private final Supplier<@Nullable HostPort> address;
  private final User user;

  private @Nullable Channel channel;
  private int frameBytesMax;
  private boolean connecting;
  private boolean closed;
  private long backoffNanos = BACKOFF_NANOS_MIN;
  private long retryAt;
  private boolean failing;

  /// The outbox behind a link.
  interface User {
    /// Bytes may be written (again).
    void onReady();

    /// Nothing that waits will go out.
    void onDown();
  }

  Link(
      NettyEventLoop loop,
      Connector connector,
      StoreId store,
      Lane lane,
      Supplier<@Nullable HostPort> address,
      User user) {
    this.loop = loop;
    this.connector = connector;
    this.store = store;
    this.lane = lane;
    this.address = address;
    this.user = user;
  }

  /// True if there is a connection or one is being made; starts to make one when it is time.
  boolean demand() {
    if (channel != null || connecting) {
      return true;
    }
    HostPort target = address.get();
    if (closed || target == null || (failing && System.nanoTime() - retryAt < 0)) {
      return false;
    }
    connecting = true;
    connector.connect(loop, new Connector.Target(target, lane, store.value()), this);
    return true;
  }

  /// The channel to write to, null if there is none or it has enough for now.
  @Nullable Channel ready() {
    Channel current = channel;
    return current != null && current.isWritable() ? current : null;
  }

  /// The largest frame body the other side takes; known once there is a channel.
  int frameBytesMax() {
    return frameBytesMax;
  }

  /// Ends the connection; a later demand makes another.
  void reset() {
    failing = false;
    backoffNanos = BACKOFF_NANOS_MIN;
    if (channel != null) {
      channel.close();
    }
  }

  void close() {
    closed = true;
    reset();
  }

  @Override
  public FrameSink opened(Channel opened, Welcome welcome) {
    connecting = false;
    if (closed) {
      opened.close();
      return this;
    }
    if (failing) {
      log.info("store {} {}: connected again", store, lane);
    }
    failing = false;
    backoffNanos = BACKOFF_NANOS_MIN;
    channel = opened;
    frameBytesMax = welcome.frameBytesMax();
    opened.config().setWriteBufferWaterMark(WATER_MARK);
    user.onReady();
    return this;
  }

  @Override
  public void failed(String reason, boolean limit) {
    connecting = false;
    if (!failing && !closed) {
      log.warn("store {} {}: {}; trying again when needed", store, lane, reason);
    }
    backOff();
    user.onDown();
  }

  @Override
  public void onFrame(int type, ByteBuffer body) {
    throw new CodecException("frame of type " + type + " on a lane that only sends");
  }

  @Override
  public void onWritable(boolean writable) {
    if (writable) {
      user.onReady();
    }
  }

  @Override
  public void onClosed(String reason) {
    channel = null;
    if (!closed) {
      log.warn("store {} {}: {}", store, lane, reason);
    }
    user.onDown();
  }

  private void backOff() {
    failing = true;
    retryAt = System.nanoTime() + backoffNanos;
    backoffNanos = Math.min(backoffNanos * 2, BACKOFF_NANOS_MAX);
  }
}
