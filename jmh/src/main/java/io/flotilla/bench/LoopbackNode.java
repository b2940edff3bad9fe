package io.flotilla.bench;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.transport.Transport;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoop;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.request.RequestService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's transport on this host's loopback, with one loop of its own.
final class LoopbackNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LoopbackNode.class);

  private final NettyEventLoops loops;
  private final Transport transport;

  LoopbackNode(String name) {
    loops = new NettyEventLoops(1, name, failure -> log.error("{}: task failed", name, failure));
    transport = Transport.open(loops, new HostPort("127.0.0.1", 0), TransportLimits.DEFAULTS, null);
  }

  void start(StoreId store, PeerNetwork.Receiver receiver, RequestService service) {
    transport.start(new Identity("bench", store.value()), receiver, service);
  }

  Transport transport() {
    return transport;
  }

  NettyEventLoop loop() {
    return loops.get(0);
  }

  @Override
  public void close() {
    transport.close();
    loops.close();
  }
}
