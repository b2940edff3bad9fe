package io.flotilla.transport.peer;

import io.flotilla.codec.RangeMessageCodec;
import io.flotilla.codec.StoreBeatCodec;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.StoreBeat;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.FrameBuilder;
import io.flotilla.transport.frame.FrameReader;
import io.flotilla.transport.frame.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all groups have to say to one peer store on one lane until the next flush. Messages stay
/// values until then, so that a flush makes one frame of them, with the beats as columns. Bounded
/// in bytes: a full one drops what comes, and so does one without a connection. Confined to the
/// link's loop.
final class MessageOutbox implements Link.User {
  private static final Logger log = LoggerFactory.getLogger(MessageOutbox.class);

  /// A flush that has more makes several frames, so that no buffer gets large.
  private static final int FRAME_BYTES = 1 << 20;

  private final Buffers buffers;
  private final PeerCounters counters;
  private final long bytesMax;

  private List<RangeMessage> waiting = new ArrayList<>();
  private long waitingBytes;
  private @Nullable StoreBeat beat;

  MessageOutbox(Buffers buffers, PeerCounters counters, long bytesMax) {
    this.buffers = buffers;
    this.counters = counters;
    this.bytesMax = bytesMax;
  }

  void add(RangeMessage message) {
    long bytes = RangeMessageCodec.sizeMax(message);
    if (waitingBytes + bytes > bytesMax) {
      counters.messagesDropped.increment();
      return;
    }
    waiting.add(message);
    waitingBytes += bytes;
  }

  /// The store's own beat, ahead of all messages; one that has not left yet is out of date.
  void setBeat(StoreBeat newest) {
    beat = newest;
  }

  /// Writes what the connection takes, in one flush.
  void flush(Link link) {
    if (waiting.isEmpty() && beat == null) {
      return;
    }
    if (!link.demand() || buffers.full()) {
      onDown();
      return;
    }
    Channel channel = link.ready();
    if (channel == null) {
      return;
    }
    writeBeat(channel);
    int at = 0;
    while (at < waiting.size() && channel.isWritable()) {
      at = writeFrame(channel, at, link.frameBytesMax());
    }
    channel.flush();
    forget(at);
  }

  @Override
  public void onReady() {
    // The peer flushes both lanes.
  }

  @Override
  public void onDown() {
    beat = null;
    counters.messagesDropped.add(waiting.size());
    forget(waiting.size());
  }

  private void writeBeat(Channel channel) {
    StoreBeat newest = beat;
    beat = null;
    if (newest != null) {
      int sizeMax = StoreBeatCodec.BYTES_MAX;
      ByteBuf frame =
          FrameBuilder.start(buffers, FrameType.STORE_BEAT, FrameReader.HEAD_BYTES + sizeMax);
      ByteBuffer body = frame.internalNioBuffer(frame.writerIndex(), sizeMax);
      int start = body.position();
      StoreBeatCodec.encode(newest, body);
      frame.writerIndex(frame.writerIndex() + body.position() - start);
      ByteBuf finished = FrameBuilder.finish(frame);
      counters.sent(1, finished.readableBytes());
      channel.write(finished, channel.voidPromise());
    }
  }

  /// Writes one frame of the messages from `from` on and returns where it ended.
  private int writeFrame(Channel channel, int from, int frameBytesMax) {
    long limit = Math.min(FRAME_BYTES, frameBytesMax);
    long size = 1 + RangeMessageCodec.sizeMax(waiting.get(from));
    if (size > frameBytesMax) {
      log.error("message of {} bytes is over the peer's frame limit: {}", size, waiting.get(from));
      counters.messagesDropped.increment();
      return from + 1;
    }
    int to = from + 1;
    while (to < waiting.size()) {
      long next = RangeMessageCodec.sizeMax(waiting.get(to));
      if (size + next > limit) {
        break;
      }
      size += next;
      to++;
    }
    try {
      ByteBuf frame = encode(waiting.subList(from, to), (int) size);
      counters.sent(to - from, frame.readableBytes());
      channel.write(frame, channel.voidPromise());
    } catch (RuntimeException e) {
      log.error("messages that cannot be encoded are dropped", e);
      counters.messagesDropped.add(to - from);
    }
    return to;
  }

  private ByteBuf encode(List<RangeMessage> messages, int sizeMax) {
    ByteBuf frame =
        FrameBuilder.start(buffers, FrameType.RANGE_MESSAGES, FrameReader.HEAD_BYTES + sizeMax);
    try {
      ByteBuffer body = frame.internalNioBuffer(frame.writerIndex(), sizeMax);
      int start = body.position();
      RangeMessageCodec.encode(messages, body);
      frame.writerIndex(frame.writerIndex() + body.position() - start);
      return FrameBuilder.finish(frame);
    } catch (RuntimeException e) {
      frame.release();
      throw e;
    }
  }

  private void forget(int count) {
    if (count == waiting.size()) {
      waiting = new ArrayList<>();
      waitingBytes = 0;
      return;
    }
    List<RangeMessage> gone = waiting.subList(0, count);
    for (RangeMessage message : gone) {
      waitingBytes -= RangeMessageCodec.sizeMax(message);
    }
    gone.clear();
  }
}
