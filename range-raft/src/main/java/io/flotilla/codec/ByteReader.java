package io.flotilla.codec;

import java.nio.ByteBuffer;

/// Takes the hand-written layouts' pieces out of a buffer. Trusts nothing: whatever the bytes are,
/// each method returns a value of its kind or throws [CodecException], and allocates no more than
/// is there.
public final class ByteReader {
  private final ByteBuffer source;
  private final String what;

  /// Reads from the buffer's position to its limit.
  ///
  /// @param what is being read, for error messages
  public ByteReader(ByteBuffer source, String what) {
    this.source = source;
    this.what = what;
  }

  public int remaining() {
    return source.remaining();
  }

  public int u8() {
    require(1);
    return source.get() & 0xFF;
  }

  public long fixed64() {
    require(Long.BYTES);
    return source.getLong();
  }

  /// A number of 0 or more.
  public long varint() {
    long value = rawVarint();
    if (value < 0) {
      throw bad("number out of bounds");
    }
    return value;
  }

  public long signed() {
    long raw = rawVarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  public boolean bool() {
    int value = u8();
    if (value > 1) {
      throw bad("unknown flag " + value);
    }
    return value == 1;
  }

  /// The length of something that takes at least one byte for each one: never above what remains.
  public int length() {
    return count(1);
  }

  /// The count of things that take at least `bytesEach` bytes each.
  public int count(int bytesEach) {
    long count = varint();
    if (count > source.remaining() / bytesEach) {
      throw bad("count or length " + count + " exceeds what is there");
    }
    return (int) count;
  }

  public byte[] bytes(int length) {
    require(length);
    byte[] value = new byte[length];
    source.get(value);
    return value;
  }

  public byte[] sized() {
    return bytes(length());
  }

  /// A view of the next `length` bytes, which are skipped.
  public ByteBuffer slice(int length) {
    require(length);
    ByteBuffer view = source.slice(source.position(), length);
    source.position(source.position() + length);
    return view;
  }

  /// Everything must have been read.
  public void end() {
    if (source.hasRemaining()) {
      throw bad(source.remaining() + " bytes too many");
    }
  }

  /// An exception that says where in what is being read.
  public CodecException bad(String problem) {
    return new CodecException(what + ": " + problem + " (at byte " + source.position() + ")");
  }

  private void require(int bytes) {
    if (bytes < 0 || source.remaining() < bytes) {
      throw bad("cut off, " + bytes + " more bytes expected, " + source.remaining() + " there");
    }
  }

  private long rawVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!source.hasRemaining()) {
        throw bad("cut off within a number");
      }
      byte next = source.get();
      if (shift == 63 && (next & 0xFE) != 0) {
        break;
      }
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw bad("number longer than 64 bits");
  }
}
