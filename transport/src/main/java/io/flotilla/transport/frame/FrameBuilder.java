package io.flotilla.transport.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Collects records of one type into frames until the next flush, encoded right where they will be
/// sent from. Confined to the connection's loop.
public final class FrameBuilder {
  /// A frame is sealed once it is longer than this, so that buffers stay small.
  private static final int SEAL_BYTES = 128 << 10;

  private static final int FIRST_BYTES = 2048;

  private final Buffers buffers;
  private final int type;
  private final int bodyMax;
  private final Head head;
  private final Queue<ByteBuf> sealed = new ArrayDeque<>();
  private @Nullable ByteBuf open;

  /// What stands in each frame before its records.
  public interface Head {
    /// The most bytes that it writes.
    int BYTES_MAX = 10;

    void write(ByteBuf frame);
  }

  public FrameBuilder(Buffers buffers, int type, int bodyMax) {
    this(buffers, type, bodyMax, _ -> {});
  }

  public FrameBuilder(Buffers buffers, int type, int bodyMax, Head head) {
    this.buffers = buffers;
    this.type = type;
    this.bodyMax = bodyMax;
    this.head = head;
  }

  /// True if a record of so many bytes can be sent at all.
  public boolean fits(long bytes) {
    return bytes + Head.BYTES_MAX <= bodyMax;
  }

  /// The buffer to write one record into: at most `bytes`, which must fit.
  public ByteBuf record(int bytes) {
    ByteBuf frame = open;
    if (frame != null) {
      long length = (long) frame.readableBytes() - FrameReader.HEAD_BYTES + bytes;
      if (length > Math.min(SEAL_BYTES, bodyMax)) {
        seal(frame);
        frame = null;
      }
    }
    if (frame == null) {
      int capacity = Math.max(FIRST_BYTES, bytes + FrameReader.HEAD_BYTES + Head.BYTES_MAX);
      frame = start(buffers, type, capacity);
      head.write(frame);
      open = frame;
    }
    return frame.ensureWritable(bytes);
  }

  public boolean isEmpty() {
    return open == null && sealed.isEmpty();
  }

  /// Hands everything to the channel in one flush.
  public void flush(Channel channel) {
    flush(channel, channel.voidPromise());
  }

  /// The same, with a promise that is kept when the last byte has gone out. False: there was
  /// nothing, and the promise is not used.
  public boolean flush(Channel channel, ChannelPromise gone) {
    ByteBuf last = open;
    if (last != null) {
      seal(last);
    }
    ByteBuf frame = sealed.poll();
    if (frame == null) {
      return false;
    }
    while (frame != null) {
      ByteBuf next = sealed.poll();
      channel.write(frame, next == null ? gone : channel.voidPromise());
      frame = next;
    }
    channel.flush();
    return true;
  }

  /// Forgets everything.
  public void discard() {
    if (open != null) {
      open.release();
      open = null;
    }
    for (ByteBuf frame = sealed.poll(); frame != null; frame = sealed.poll()) {
      frame.release();
    }
  }

  /// A frame whose body is to be written behind its head.
  public static ByteBuf start(Buffers buffers, int type, int capacity) {
    return buffers.allocator().directBuffer(capacity).writeInt(0).writeByte(type);
  }

  /// Fills in the length, when the body is complete.
  public static ByteBuf finish(ByteBuf frame) {
    return frame.setInt(frame.readerIndex(), frame.readableBytes() - Integer.BYTES);
  }

  private void seal(ByteBuf frame) {
    sealed.add(finish(frame));
    open = null;
  }
}
