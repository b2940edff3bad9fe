package io.flotilla.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetworkContract;
import io.flotilla.spi.StoreBeat;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.tls.Tls;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class NettyPeerNetworkTest extends PeerNetworkContract {
  private final Map<StoreId, TestNode> nodes = new TreeMap<>();
  private final Semaphore arrivals = new Semaphore(0);

  /// What the nodes speak; null: they speak in plain.
  @Nullable Tls tls() {
    return null;
  }

  @Override
  protected PeerNetwork start(StoreId store, Receiver receiver) {
    TestNode node = new TestNode(TestNode.ANY_PORT, TransportLimits.DEFAULTS, tls());
    node.start(store.value(), new Telling(receiver), (context, _, _) -> context.refuse("none"));
    nodes.forEach((other, there) -> {
      there.transport.setAddress(store, node.address());
      node.transport.setAddress(other, there.address());
    });
    nodes.put(store, node);
    return node.transport.peers();
  }

  @Override
  protected void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try {
      while (!condition.getAsBoolean()) {
        assertTrue(System.nanoTime() - end < 0, "waited for 20 seconds in vain");
        boolean _ = arrivals.tryAcquire(50, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void closeNodes() {
    nodes.values().forEach(TestNode::close);
  }

  /// Tells the waiting test of each arrival.
  private final class Telling implements Receiver {
    private final Receiver receiver;

    Telling(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void onMessages(StoreId from, List<RangeMessage> messages) {
      receiver.onMessages(from, messages);
      arrivals.release();
    }

    @Override
    public void onSnapshot(StoreId from, SnapshotMessage message) {
      receiver.onSnapshot(from, message);
      arrivals.release();
    }

    @Override
    public void onBeat(StoreId from, StoreBeat beat) {
      receiver.onBeat(from, beat);
      arrivals.release();
    }
  }
}
