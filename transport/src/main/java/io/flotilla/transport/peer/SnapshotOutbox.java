package io.flotilla.transport.peer;

import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.FrameBuilder;
import io.flotilla.transport.frame.FrameReader;
import io.flotilla.transport.frame.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;

/// The steps of snapshot transfers that wait for one peer store, encoded already. Written one by
/// one as the connection takes them, so that bulk holds few buffers. Confined to the link's loop,
/// but for the count of its bytes.
final class SnapshotOutbox implements Link.User {
  private final Buffers buffers;
  private final PeerCounters counters;
  private final long bytesMax;
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private final AtomicLong queuedBytes = new AtomicLong();

  SnapshotOutbox(Buffers buffers, PeerCounters counters, long bytesMax) {
    this.buffers = buffers;
    this.counters = counters;
    this.bytesMax = bytesMax;
  }

  /// Bytes that were taken and are not yet written to the socket. Callable from any thread.
  long queuedBytes() {
    return queuedBytes.get();
  }

  /// Takes room for a step that [#add] will bring; false, and nothing taken, if it is full.
  /// Callable from any thread.
  boolean reserve(int bytes) {
    if (queuedBytes.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    queuedBytes.addAndGet(-bytes);
    counters.messagesDropped.increment();
    return false;
  }

  void add(byte[] step) {
    waiting.add(step);
  }

  void flush(Link link) {
    if (waiting.isEmpty()) {
      return;
    }
    if (!link.demand() || buffers.full()) {
      onDown();
      return;
    }
    Channel channel = link.ready();
    while (channel != null && !waiting.isEmpty()) {
      write(channel, waiting.remove(), link.frameBytesMax());
      channel = link.ready();
    }
  }

  @Override
  public void onReady() {
    // The peer flushes.
  }

  @Override
  public void onDown() {
    for (byte[] step = waiting.poll(); step != null; step = waiting.poll()) {
      counters.messagesDropped.increment();
      queuedBytes.addAndGet(-step.length);
    }
  }

  private void write(Channel channel, byte[] step, int frameBytesMax) {
    if (step.length > frameBytesMax) {
      counters.messagesDropped.increment();
      queuedBytes.addAndGet(-step.length);
      return;
    }
    int capacity = FrameReader.HEAD_BYTES + step.length;
    ByteBuf frame = FrameBuilder.start(buffers, FrameType.SNAPSHOT_MESSAGE, capacity);
    FrameBuilder.finish(frame.writeBytes(step));
    counters.sent(1, frame.readableBytes());
    channel.writeAndFlush(frame).addListener(_ -> queuedBytes.addAndGet(-step.length));
  }
}
