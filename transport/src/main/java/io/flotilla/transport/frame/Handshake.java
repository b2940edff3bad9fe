package io.flotilla.transport.frame;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.CodecException;
import io.flotilla.spi.Lane;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The three frames a connection starts with: hello, and welcome or refused (docs/formats.md).
public final class Handshake {
  /// The protocol this release speaks. Raised when an older release could not understand it.
  public static final int PROTOCOL = 1;

  /// No frame of a handshake has a longer body.
  static final int BODY_BYTES_MAX = 1024;

  /// The code of a refusal that trying again later may mend: a limit was reached.
  private static final int CODE_LIMIT = 1;

  private static final int CODE_OTHER = 0;

  /// "FLOT".
  private static final int MAGIC = 0x464C4F54;

  private static final Lane[] LANES = Lane.values();

  private Handshake() {}

  /// What whoever connects says first.
  ///
  /// @param wantedStore the store it believes to talk to, 0: any
  /// @param capabilities one bit for each optional part of the protocol; none yet
  public record Hello(
      int protocol, Lane lane, Identity from, long wantedStore, long capabilities) {}

  /// The answer to whoever may stay.
  ///
  /// @param frameBytesMax the largest frame body that is taken here
  public record Welcome(Identity from, long capabilities, int frameBytesMax) {}

  /// The answer to whoever may not stay.
  ///
  /// @param isLimit as many are here as may be; false: the reason is another one
  record Refused(boolean isLimit, String reason) {}

  @SuppressWarnings("EnumOrdinal") // The lanes' codes.
  static ByteBuf write(Buffers buffers, Hello hello) {
    ByteBuf frame = FrameBuilder.start(buffers, FrameType.HELLO, 256);
    frame.writeInt(MAGIC).writeByte(hello.protocol()).writeByte(hello.lane().ordinal());
    Varints.write(frame, hello.from().store());
    Varints.write(frame, hello.wantedStore());
    Varints.write(frame, hello.capabilities());
    writeText(frame, hello.from().cluster());
    return FrameBuilder.finish(frame);
  }

  /// Only the protocol's number is read of a hello in another protocol: the rest may mean anything.
  static Hello readHello(ByteBuffer body) {
    if (body.remaining() < 5 || body.getInt(body.position()) != MAGIC) {
      throw new CodecException("hello: does not begin with Flotilla's mark; not a Flotilla client");
    }
    body.position(body.position() + Integer.BYTES);
    ByteReader reader = new ByteReader(body, "hello");
    int protocol = reader.u8();
    if (protocol != PROTOCOL) {
      return new Hello(protocol, Lane.REQUESTS, Identity.ANYBODY, 0, 0);
    }
    int lane = reader.u8();
    if (lane >= LANES.length) {
      throw reader.bad("unknown lane " + lane);
    }
    long store = reader.varint();
    long wanted = reader.varint();
    long capabilities = reader.varint();
    Identity from = new Identity(readText(reader), store);
    return new Hello(protocol, LANES[lane], from, wanted, capabilities);
  }

  static ByteBuf write(Buffers buffers, Welcome welcome) {
    ByteBuf frame = FrameBuilder.start(buffers, FrameType.WELCOME, 256);
    frame.writeByte(PROTOCOL);
    Varints.write(frame, welcome.from().store());
    Varints.write(frame, welcome.capabilities());
    Varints.write(frame, welcome.frameBytesMax());
    writeText(frame, welcome.from().cluster());
    return FrameBuilder.finish(frame);
  }

  static Welcome readWelcome(ByteBuffer body) {
    ByteReader reader = new ByteReader(body, "welcome");
    int protocol = reader.u8();
    if (protocol != PROTOCOL) {
      throw reader.bad("protocol " + protocol + ", this release speaks " + PROTOCOL);
    }
    long store = reader.varint();
    long capabilities = reader.varint();
    long frameBytesMax = reader.varint();
    if (frameBytesMax > Integer.MAX_VALUE || frameBytesMax < BODY_BYTES_MAX) {
      throw reader.bad("frame limit of " + frameBytesMax);
    }
    return new Welcome(new Identity(readText(reader), store), capabilities, (int) frameBytesMax);
  }

  static ByteBuf write(Buffers buffers, Refused refused) {
    ByteBuf frame = FrameBuilder.start(buffers, FrameType.REFUSED, 256);
    frame.writeByte(refused.isLimit() ? CODE_LIMIT : CODE_OTHER);
    byte[] text = refused.reason().getBytes(StandardCharsets.UTF_8);
    frame.writeBytes(text, 0, Math.min(text.length, BODY_BYTES_MAX - 1));
    return FrameBuilder.finish(frame);
  }

  static Refused readRefused(ByteBuffer body) {
    boolean limit = new ByteReader(body, "refusal").u8() == CODE_LIMIT;
    return new Refused(limit, StandardCharsets.UTF_8.decode(body).toString());
  }

  private static void writeText(ByteBuf frame, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Varints.write(frame, bytes.length);
    frame.writeBytes(bytes);
  }

  private static String readText(ByteReader reader) {
    int length = reader.length();
    if (length > Identity.CLUSTER_BYTES_MAX) {
      throw reader.bad("cluster id of " + length + " bytes");
    }
    return new String(reader.bytes(length), StandardCharsets.UTF_8);
  }
}
