package io.flotilla.transport.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
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
  private final Queue<ByteBuf> sealed = new ArrayDeque<>();
  private @Nullable ByteBuf open;

  public FrameBuilder(Buffers buffers, int type, int bodyMax) {
    this.buffers = buffers;
    this.type = type;
    this.bodyMax = bodyMax;
  }

  /// True if a record of so many bytes can be sent at all.
  public boolean fits(long bytes) {
    return bytes <= bodyMax;
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
      int capacity = Math.max(FIRST_BYTES, bytes + FrameReader.HEAD_BYTES);
      frame = start(buffers, type, capacity);
      open = frame;
    }
    return frame.ensureWritable(bytes);
  }

  public boolean isEmpty() {
    return open == null && sealed.isEmpty();
  }

  /// Hands everything to the channel in one flush.
  public void flush(Channel channel) {
    ByteBuf last = open;
    if (last != null) {
      seal(last);
    }
    if (sealed.isEmpty()) {
      return;
    }
    for (ByteBuf frame = sealed.poll(); frame != null; frame = sealed.poll()) {
      channel.write(frame, channel.voidPromise());
    }
    channel.flush();
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
