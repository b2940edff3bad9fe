package io.flotilla.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.Message;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.TransportLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Peers that go, come back, move, or do not take what they are sent.
@ExtendWith(LeakCheck.class)
class PeerFaultsTest {
  private static final StoreId TWO = new StoreId(2);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<RangeMessage> arrived = new LinkedBlockingQueue<>();
  private final BlockingQueue<SnapshotMessage> steps = new LinkedBlockingQueue<>();
  private final Receiver receiver =
      new Receiver() {
        @Override
        public void onMessages(StoreId from, List<RangeMessage> messages) {
          arrived.addAll(messages);
        }

        @Override
        public void onSnapshot(StoreId from, SnapshotMessage message) {
          steps.add(message);
        }
      };

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  private TestNode node(long store, HostPort listen, TransportLimits limits) {
    TestNode node = new TestNode(listen, limits);
    open.add(node);
    return node.start(store, receiver, (context, _, _) -> context.refuse("none"));
  }

  private static RangeMessage beat(long round) {
    return new RangeMessage(
        new RangeId(1), new PeerId(2), null, new Message.Beat(new PeerId(1), 1, 1, round));
  }

  private static RangeMessage append(int bytes) {
    Entry entry = new Entry(1, 1, EntryKind.COMMAND, new byte[bytes]);
    Message append = new Message.Append(new PeerId(1), 1, EntryId.ZERO, List.of(entry), 0);
    return new RangeMessage(new RangeId(1), new PeerId(2), null, append);
  }

  /// Sends beats until one comes through: the network may drop, so senders repeat.
  private @Nullable RangeMessage beatUntilOneArrives(TestNode from) throws InterruptedException {
    RangeMessage message = null;
    for (int i = 0; i < 2_000 && message == null; i++) {
      from.transport.peers().send(TWO, List.of(beat(i)));
      message = arrived.poll(10, TimeUnit.MILLISECONDS);
    }
    return message;
  }

  @Test
  void aPeerThatComesBackIsReachedAgain() throws Exception {
    TestNode one = node(1, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    TestNode two = node(2, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    HostPort address = two.address();
    one.transport.setAddress(TWO, address);
    assertTrue(beatUntilOneArrives(one) != null);
    two.close();
    open.remove(two);
    one.transport.peers().send(TWO, List.of(beat(1)));
    arrived.clear();
    node(2, address, TransportLimits.DEFAULTS);
    assertTrue(beatUntilOneArrives(one) != null, "reached again after its restart");
  }

  @Test
  void aPeerThatMovedIsReachedAtItsNewAddress() throws Exception {
    TestNode one = node(1, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    TestNode old = node(2, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    one.transport.setAddress(TWO, old.address());
    assertTrue(beatUntilOneArrives(one) != null);
    old.close();
    open.remove(old);
    arrived.clear();
    one.transport.setAddress(TWO, node(2, TestNode.ANY_PORT, TransportLimits.DEFAULTS).address());
    assertTrue(beatUntilOneArrives(one) != null);
  }

  @Test
  void messagesToNobodyAreDroppedAndCounted() {
    TestNode one = node(1, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    CountDownLatch done = new CountDownLatch(1);
    one.loops
        .get(0)
        .execute(() -> {
          one.transport.peers().send(TWO, List.of(beat(1), append(10)));
          one.loops.get(0).execute(done::countDown);
        });
    awaitQuietly(done);
    assertEquals(2, one.transport.peerStats().messagesDropped());
  }

  @Test
  void whatOneTurnSendsIsOneFrameForEachLane() {
    TestNode one = node(1, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    TestNode two = node(2, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    one.transport.setAddress(TWO, two.address());
    one.loops
        .get(0)
        .execute(() -> {
          for (int group = 0; group < 50; group++) {
            one.transport.peers().send(TWO, List.of(beat(group), append(100)));
          }
        });
    assertTrue(takes(arrived, 100));
    assertEquals(2, one.transport.peerStats().framesSent());
    assertEquals(100, one.transport.peerStats().messagesSent());
  }

  private static boolean takes(BlockingQueue<?> queue, int count) {
    try {
      for (int i = 0; i < count; i++) {
        if (queue.poll(20, TimeUnit.SECONDS) == null) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A peer whose receiver is stuck reads nothing more; the sender stays within its bound.
  @Test
  void aPeerThatTakesNothingFillsItsOutboxAndNoMore() {
    CountDownLatch release = new CountDownLatch(1);
    TransportLimits tight = TransportLimits.DEFAULTS.withOutboxBytesMax(2 << 20);
    TestNode one = node(1, TestNode.ANY_PORT, tight);
    TestNode two = new TestNode(TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    open.add(two);
    two.start(2, stuckUntil(release), (context, _, _) -> context.refuse("none"));
    one.transport.setAddress(TWO, two.address());
    try {
      int sent = 0;
      while (one.transport.peerStats().messagesDropped() == 0 && sent < 5_000) {
        one.transport.peers().send(TWO, List.of(append(100_000)));
        sent++;
      }
      assertTrue(one.transport.peerStats().messagesDropped() > 0, "nothing was dropped");
      assertTrue(one.transport.bufferBytes() < 16 << 20, "buffers stay small");
    } finally {
      release.countDown();
    }
    one.transport.peers().send(TWO, List.of(beat(1)));
    assertTrue(takes(arrived, 1));
  }

  private Receiver stuckUntil(CountDownLatch release) {
    return new Receiver() {
      @Override
      public void onMessages(StoreId from, List<RangeMessage> messages) {
        awaitQuietly(release);
        receiver.onMessages(from, messages);
      }

      @Override
      public void onSnapshot(StoreId from, SnapshotMessage message) {
        awaitQuietly(release);
        receiver.onSnapshot(from, message);
      }
    };
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void bytesOfASnapshotCountAsQueuedUntilTheyAreWritten() {
    CountDownLatch release = new CountDownLatch(1);
    TestNode one = node(1, TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    TestNode two = new TestNode(TestNode.ANY_PORT, TransportLimits.DEFAULTS);
    open.add(two);
    two.start(2, stuckUntil(release), (context, _, _) -> context.refuse("none"));
    one.transport.setAddress(TWO, two.address());
    for (int chunk = 0; chunk < 20; chunk++) {
      byte[] data = new byte[1 << 20];
      SnapshotMessage piece = new SnapshotMessage.Piece(new SnapshotId(1, 1), chunk, data);
      one.transport.peers().sendSnapshot(TWO, piece);
    }
    assertTrue(one.transport.peers().snapshotBytesQueued(TWO) > 4 << 20);
    release.countDown();
    assertTrue(takes(steps, 20));
  }
}
