package io.flotilla.transport.request;

import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.Connector;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.Self;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.tls.Tls;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Sends requests to nodes: one connection for each address, made when needed, all requests
/// pipelined over it. What is submitted during one turn, or by several threads at once, travels in
/// one frame.
public final class RequestClient implements AutoCloseable {
  private final NettyEventLoops loops;
  private final Connector connector;
  private final Buffers buffers;
  private final TransportLimits limits;
  private final Map<HostPort, ClientConnection> connections = new ConcurrentHashMap<>();

  /// A client of its own, outside of any node.
  ///
  /// @param self of the one cluster that it wants to talk to, or [Identity#ANYBODY]: that of the
  ///   node that answers first
  /// @param tls null: connections are plain
  public static RequestClient alone(
      NettyEventLoops loops, Identity self, TransportLimits limits, @Nullable Tls tls) {
    Buffers buffers = new Buffers(loops.count(), limits.bufferBytesMax());
    Connector connector = new Connector(loops, buffers, limits, tls, Self.client(self));
    return new RequestClient(loops, limits, buffers, connector);
  }

  /// A client that shares a node's buffers.
  public RequestClient(
      NettyEventLoops loops, TransportLimits limits, Buffers buffers, Connector connector) {
    this.loops = loops;
    this.limits = limits;
    this.buffers = buffers;
    this.connector = connector;
  }

  /// Sends a request; callable from any thread, best from the connection's loop. Never blocks.
  ///
  /// @param body given away
  /// @param deadlineNanos on the clock of `System.nanoTime()`
  public void request(
      HostPort address, byte service, byte[] body, long deadlineNanos, ResponseHandler handler) {
    connection(address).submit(service, body, deadlineNanos, handler);
  }

  /// Asks who listens at an address; the connection is kept for requests.
  public void identify(HostPort address, IdentityHandler handler) {
    connection(address).identify(handler);
  }

  /// Fails everything in flight. Idempotent; does not wait.
  @Override
  public void close() {
    connections.values().forEach(ClientConnection::close);
  }

  private ClientConnection connection(HostPort address) {
    ClientConnection known = connections.get(address);
    return known != null
        ? known
        : connections.computeIfAbsent(
            address,
            _ ->
                new ClientConnection(
                    loops.get(address.hashCode()), connector, address, buffers, limits));
  }
}
