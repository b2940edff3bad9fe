package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.transport.Transport;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TransportNetworkTest extends NodeNetworkContract {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  private final Map<NodeNetwork, End> ends = new IdentityHashMap<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /// A transport with a loop of its own.
  private record End(NettyEventLoops loops, Transport transport) {
    void close() {
      transport.close();
      loops.close();
      assertEquals(0, transport.bufferBytes(), "buffers that nobody released");
    }
  }

  private End end() {
    NettyEventLoops loops = new NettyEventLoops(1, "node", failures::add);
    return new End(loops, Transport.open(loops, ANY_PORT, TransportLimits.DEFAULTS, null));
  }

  @Override
  NodeNetwork open() {
    End end = end();
    NodeNetwork node = new TransportNetwork(end.transport(), null);
    ends.put(node, end);
    return node;
  }

  @Override
  void stop(NodeNetwork node) {
    End end = ends.remove(node);
    assertTrue(end != null, "stopped before");
    end.close();
  }

  @Override
  long nanos(NodeNetwork node) {
    return new SystemClock().nanos();
  }

  @Override
  HostPort nobody() {
    End end = end();
    HostPort address = end.transport().address();
    end.close();
    return address;
  }

  @Override
  void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try {
      while (!condition.getAsBoolean()) {
        assertTrue(System.nanoTime() - end < 0, "waited for 20 seconds in vain");
        boolean _ = changes.tryAcquire(50, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void closeAll() {
    ends.values().forEach(End::close);
    assertEquals(List.of(), List.copyOf(failures));
  }

  @Test
  void othersAreToldTheAdvertisedAddress() {
    End end = end();
    HostPort advertised = new HostPort("node.example", 7);
    assertEquals(advertised, new TransportNetwork(end.transport(), advertised).address());
    assertEquals(end.transport().address(), new TransportNetwork(end.transport(), null).address());
    end.close();
  }
}
