package io.flotilla.placement;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/// Grows while the layouts of [PlacementCodec] are written to it: varints (LEB128), sized byte
/// strings, lists with their count in front. What [io.flotilla.codec.ByteReader] reads.
public final class ByteSink {
  private byte[] bytes = new byte[128];
  private int size;

  public ByteSink u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  public ByteSink bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /// A number that is never negative.
  public ByteSink varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("cannot encode " + value + ": negative");
    }
    room(10);
    long rest = value;
    while (rest > 0x7F) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  public ByteSink sized(byte[] value) {
    varint(value.length);
    room(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
    return this;
  }

  public ByteSink text(String value) {
    return sized(value.getBytes(StandardCharsets.UTF_8));
  }

  public <T> ByteSink list(List<T> values, BiConsumer<ByteSink, T> each) {
    varint(values.size());
    for (T value : values) {
      each.accept(this, value);
    }
    return this;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
