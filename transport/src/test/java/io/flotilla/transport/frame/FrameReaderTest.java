package io.flotilla.transport.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.CodecException;
import io.flotilla.spi.RandomSource;
import io.flotilla.transport.LeakCheck;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Frames come whole, however their bytes come.
@ExtendWith(LeakCheck.class)
class FrameReaderTest {
  private static final int BODY_MAX = 100_000;

  private final Buffers buffers = new Buffers(1, 64 << 20);
  private final Kept sink = new Kept();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new FrameReader(buffers, sink, BODY_MAX));

  /// Keeps what came as "type:hash of the body".
  private static final class Kept implements FrameSink {
    final List<String> frames = new ArrayList<>();
    final List<String> ends = new ArrayList<>();

    @Override
    public void onFrame(int type, ByteBuffer body) {
      if (type == 99) {
        throw new CodecException("ninety-nine is too many");
      }
      byte[] bytes = new byte[body.remaining()];
      body.get(bytes);
      frames.add(type + ":" + Arrays.hashCode(bytes));
    }

    @Override
    public void onClosed(String reason) {
      ends.add(reason);
    }
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    assertEquals(0, buffers.bytesUsed());
    assertEquals(1, sink.ends.size());
  }

  private ByteBuf frame(int type, byte[] body) {
    ByteBuf frame = FrameBuilder.start(buffers, type, 16);
    return FrameBuilder.finish(frame.writeBytes(body));
  }

  @Test
  void bytesMayComeCutInAnyWay() {
    RandomSource random = new RandomSource(1);
    List<String> sent = new ArrayList<>();
    ByteBuf stream = buffers.allocator().directBuffer();
    for (int i = 0; i < 200; i++) {
      byte[] body = new byte[random.nextInt(random.oneIn(10) ? BODY_MAX : 50)];
      random.nextBytes(body);
      int type = random.nextInt(90);
      sent.add(type + ":" + Arrays.hashCode(body));
      ByteBuf frame = frame(type, body);
      stream.writeBytes(frame);
      frame.release();
    }
    while (stream.isReadable()) {
      int size = 1 + random.nextInt(random.oneIn(3) ? 40_000 : 20);
      channel.writeInbound(stream.readBytes(Math.min(size, stream.readableBytes())));
    }
    stream.release();
    assertEquals(sent, sink.frames);
  }

  @Test
  void aFrameOverTheLimitEndsTheConnection() {
    channel.writeInbound(frame(1, new byte[BODY_MAX]));
    channel.writeInbound(buffers.allocator().directBuffer().writeInt(BODY_MAX + 2));
    assertEquals(1, sink.frames.size());
    assertFalse(channel.isOpen());
    assertTrue(sink.ends.getFirst().contains("expected 1 to 100001"), sink.ends.getFirst());
  }

  @Test
  void aFrameWithoutATypeEndsTheConnection() {
    channel.writeInbound(buffers.allocator().directBuffer().writeInt(0));
    assertFalse(channel.isOpen());
  }

  @Test
  void aFrameThatItsSinkCannotReadEndsTheConnectionWithTheReason() {
    ByteBuf bytes = buffers.allocator().directBuffer();
    for (int type : new int[] {1, 99, 2}) {
      ByteBuf frame = frame(type, new byte[3]);
      bytes.writeBytes(frame);
      frame.release();
    }
    channel.writeInbound(bytes);
    assertEquals(1, sink.frames.size());
    assertEquals(List.of("ninety-nine is too many"), sink.ends);
  }

  @Test
  void aConnectionThatEndsWithinAFrameLeavesNothingBehind() {
    channel.writeInbound(buffers.allocator().directBuffer().writeInt(500).writeByte(1));
    channel.close();
    assertEquals(List.of("connection closed by the other side"), sink.ends);
  }
}
