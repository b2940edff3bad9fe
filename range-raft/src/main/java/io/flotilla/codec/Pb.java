package io.flotilla.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.util.function.Function;

/// Protocol Buffers to values, with every way to fail turned into [CodecException].
final class Pb {
  private Pb() {}

  /// Parses, then converts; a value whose own rules refuse what was parsed is bad input like any
  /// other.
  static <P, V> V decode(
      String what, ByteBuffer bytes, Parser<P> parser, Function<P, V> conversion) {
    try {
      return conversion.apply(parser.parseFrom(bytes));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new CodecException(what + ": " + e.getMessage(), e);
    }
  }
}
