package io.flotilla.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.tls.Tls;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A node's transport with a loop of its own. Closing it checks that no buffer is left and that
/// nothing failed on its loop.
public final class TestNode implements AutoCloseable {
  public static final String CLUSTER = "cluster-of-tests";
  public static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  public final NettyEventLoops loops;
  public final Transport transport;
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  public TestNode(HostPort listen, TransportLimits limits) {
    this(listen, limits, null);
  }

  public TestNode(HostPort listen, TransportLimits limits, @Nullable Tls tls) {
    loops = new NettyEventLoops(1, "node", failures::add);
    Transport opened;
    try {
      opened = Transport.open(loops, listen, limits, tls);
    } catch (RuntimeException e) {
      loops.close();
      throw e;
    }
    transport = opened;
  }

  /// A started node that echoes requests and drops what peers say.
  public static TestNode echo(long store, @Nullable Tls tls) {
    return new TestNode(ANY_PORT, TransportLimits.DEFAULTS, tls)
        .start(store, DROP, (context, _, body) -> context.respond(bytes(body)));
  }

  public static final Receiver DROP =
      new Receiver() {
        @Override
        public void onMessages(StoreId from, List<RangeMessage> messages) {}

        @Override
        public void onSnapshot(StoreId from, SnapshotMessage message) {}
      };

  public static byte[] bytes(ByteBuffer body) {
    byte[] copy = new byte[body.remaining()];
    body.get(copy);
    return copy;
  }

  public TestNode start(long store, Receiver receiver, RequestService service) {
    transport.start(new Identity(CLUSTER, store), receiver, service);
    return this;
  }

  public HostPort address() {
    return transport.address();
  }

  @Override
  public void close() {
    transport.close();
    loops.close();
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(0, transport.bufferBytes(), "buffers that nobody released");
  }
}
