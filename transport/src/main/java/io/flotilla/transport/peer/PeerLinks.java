package io.flotilla.transport.peer;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.StoreBeat;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.Connector;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The peer network over TCP. Connects to a store when something is sent there and its address is
/// known; until then, and while it cannot be reached, messages to it are dropped.
public final class PeerLinks implements PeerNetwork, AutoCloseable {
  private final NettyEventLoops loops;
  private final Peer.Shared shared;
  private final Map<StoreId, HostPort> addresses = new ConcurrentHashMap<>();
  private final Map<StoreId, Peer> peers = new ConcurrentHashMap<>();
  private volatile boolean closed;

  public PeerLinks(
      NettyEventLoops loops, Connector connector, Buffers buffers, TransportLimits limits) {
    this.loops = loops;
    this.shared = new Peer.Shared(connector, buffers, limits, new PeerCounters());
  }

  /// Tells where a store listens; a changed address ends the connections to the old one.
  public void setAddress(StoreId store, HostPort address) {
    HostPort before = addresses.put(store, address);
    Peer peer = peers.get(store);
    if (peer != null && before != null && !before.equals(address)) {
      peer.reset();
    }
  }

  public @Nullable HostPort address(StoreId store) {
    return addresses.get(store);
  }

  public PeerStats stats() {
    return shared.counters().stats();
  }

  @Override
  public void send(StoreId to, List<RangeMessage> messages) {
    if (closed) {
      shared.counters().messagesDropped.add(messages.size());
    } else {
      peer(to).send(messages);
    }
  }

  @Override
  public void sendSnapshot(StoreId to, SnapshotMessage message) {
    if (!closed) {
      peer(to).sendSnapshot(message);
    }
  }

  @Override
  public void sendBeat(StoreId to, StoreBeat beat) {
    if (!closed) {
      peer(to).sendBeat(beat);
    }
  }

  @Override
  public long snapshotBytesQueued(StoreId to) {
    Peer peer = peers.get(to);
    return peer == null ? 0 : peer.snapshotBytesQueued();
  }

  @Override
  public void close() {
    closed = true;
    peers.values().forEach(Peer::close);
  }

  private Peer peer(StoreId store) {
    Peer known = peers.get(store);
    return known != null
        ? known
        : peers.computeIfAbsent(
            store,
            _ -> new Peer(loops.get(store.value()), store, () -> addresses.get(store), shared));
  }
}
