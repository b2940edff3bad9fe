package io.flotilla.transport.peer;

import io.flotilla.codec.SnapshotMessageCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.spi.Lane;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.StoreBeat;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.Connector;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoop;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The ways to one peer store: a link with an outbox for each lane, all on one loop. What comes
/// during one turn of that loop is flushed once, right behind the turn.
final class Peer {
  private final NettyEventLoop loop;
  private final PeerCounters counters;
  private final MessageOutbox beats;
  private final MessageOutbox appends;
  private final SnapshotOutbox snapshots;
  private final Link beatsLink;
  private final Link appendsLink;
  private final Link snapshotsLink;
  private boolean flushScheduled;

  /// What all peers of a node share.
  record Shared(
      Connector connector, Buffers buffers, TransportLimits limits, PeerCounters counters) {}

  Peer(NettyEventLoop loop, StoreId store, Supplier<@Nullable HostPort> address, Shared shared) {
    this.loop = loop;
    this.counters = shared.counters();
    long bytesMax = shared.limits().outboxBytesMax();
    beats = new MessageOutbox(shared.buffers(), counters, bytesMax);
    appends = new MessageOutbox(shared.buffers(), counters, bytesMax);
    snapshots = new SnapshotOutbox(shared.buffers(), counters, bytesMax);
    Connector connector = shared.connector();
    beatsLink = new Link(loop, connector, store, Lane.BEATS, address, flushing(beats));
    appendsLink = new Link(loop, connector, store, Lane.APPENDS, address, flushing(appends));
    snapshotsLink = new Link(loop, connector, store, Lane.SNAPSHOTS, address, flushing(snapshots));
  }

  private Link.User flushing(Link.User outbox) {
    return new Link.User() {
      @Override
      public void onReady() {
        scheduleFlush();
      }

      @Override
      public void onDown() {
        outbox.onDown();
      }
    };
  }

  /// Callable from any thread.
  void send(List<RangeMessage> messages) {
    if (loop.inLoop()) {
      add(messages);
    } else {
      List<RangeMessage> copy = List.copyOf(messages);
      onLoop(() -> add(copy), copy.size());
    }
  }

  /// Callable from any thread.
  void sendBeat(StoreBeat beat) {
    onLoop(
        () -> {
          beats.setBeat(beat);
          scheduleFlush();
        },
        1);
  }

  /// Callable from any thread.
  void sendSnapshot(SnapshotMessage message) {
    byte[] step = SnapshotMessageCodec.encode(message);
    if (snapshots.reserve(step.length)) {
      onLoop(
          () -> {
            snapshots.add(step);
            scheduleFlush();
          },
          1);
    }
  }

  /// Callable from any thread.
  long snapshotBytesQueued() {
    return snapshots.queuedBytes();
  }

  /// The peer's address has changed: connect anew.
  void reset() {
    onLoop(
        () -> {
          beatsLink.reset();
          appendsLink.reset();
          snapshotsLink.reset();
        },
        0);
  }

  void close() {
    onLoop(
        () -> {
          beatsLink.close();
          appendsLink.close();
          snapshotsLink.close();
        },
        0);
  }

  private void onLoop(Runnable task, int messages) {
    try {
      loop.execute(task);
    } catch (RejectedByLoopException e) {
      counters.messagesDropped.add(messages);
    }
  }

  private void add(List<RangeMessage> messages) {
    for (int i = 0; i < messages.size(); i++) {
      RangeMessage message = messages.get(i);
      (Lane.of(message.message()) == Lane.BEATS ? beats : appends).add(message);
    }
    scheduleFlush();
  }

  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      loop.execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    beats.flush(beatsLink);
    appends.flush(appendsLink);
    snapshots.flush(snapshotsLink);
  }
}
