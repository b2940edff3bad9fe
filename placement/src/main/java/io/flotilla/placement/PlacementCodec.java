package io.flotilla.placement;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.CodecException;
import java.nio.ByteBuffer;
import java.util.function.Function;

/// Placement requests and replies to bytes and back.
///
/// Layout: one byte format, one byte kind, then the fields of that kind. Hand-written, since
/// reports of thousands of ranges are most of it. Decoders trust nothing: any input gives a value
/// or a [CodecException] that says what is wrong.
public final class PlacementCodec {
  /// The format this release writes, and the only one it reads.
  private static final int FORMAT = 3;

  private PlacementCodec() {}

  public static byte[] encode(PlacementRequest request) {
    ByteSink out = new ByteSink().u8(FORMAT);
    RequestLayout.write(out, request);
    return out.toBytes();
  }

  public static PlacementRequest decodeRequest(ByteBuffer bytes) {
    return decode("placement request", bytes, RequestLayout::read);
  }

  public static byte[] encode(PlacementReply reply) {
    ByteSink out = new ByteSink().u8(FORMAT);
    ReplyLayout.write(out, reply);
    return out.toBytes();
  }

  public static PlacementReply decodeReply(ByteBuffer bytes) {
    return decode("placement reply", bytes, ReplyLayout::read);
  }

  private static <T> T decode(String what, ByteBuffer bytes, Function<ByteReader, T> layout) {
    ByteReader in = new ByteReader(bytes, what);
    int format = in.u8();
    if (format != FORMAT) {
      throw in.bad("format " + format + " is not known to this release");
    }
    try {
      T value = layout.apply(in);
      in.end();
      return value;
    } catch (IllegalArgumentException e) {
      // A value whose own rules refuse what was read is bad input like any other.
      throw new CodecException(what + ": " + e.getMessage(), e);
    }
  }
}
