package io.flotilla.codec;

import java.nio.ByteBuffer;

/// Puts the hand-written layouts' pieces into a buffer that is large enough.
///
/// Varints are LEB128: seven bits a byte, least significant first, the high bit set on all but the
/// last.
public final class ByteWriter {
  /// The most bytes a varint takes.
  public static final int VARINT_BYTES_MAX = 10;

  private final ByteBuffer target;

  /// Writes from the buffer's position on, which moves along.
  public ByteWriter(ByteBuffer target) {
    this.target = target;
  }

  /// How many bytes [#varint] takes for `value`.
  public static int varintBytes(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /// Folds small numbers of both signs onto small numbers without one.
  public static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  public ByteWriter u8(int value) {
    target.put((byte) value);
    return this;
  }

  public ByteWriter fixed64(long value) {
    target.putLong(value);
    return this;
  }

  /// A number that is never negative.
  public ByteWriter varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("cannot encode " + value + ": negative");
    }
    return rawVarint(value);
  }

  /// A number of either sign.
  public ByteWriter signed(long value) {
    return rawVarint(zigzag(value));
  }

  public ByteWriter bytes(byte[] value) {
    target.put(value);
    return this;
  }

  /// The length as a varint, then the bytes.
  public ByteWriter sized(byte[] value) {
    return varint(value.length).bytes(value);
  }

  private ByteWriter rawVarint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    target.put((byte) rest);
    return this;
  }
}
