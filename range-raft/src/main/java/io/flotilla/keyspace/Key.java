package io.flotilla.keyspace;

import java.util.Arrays;
import java.util.HexFormat;

/// An immutable byte string, ordered as unsigned bytes. The empty key sorts before every other.
///
/// The array is taken over, not copied: whoever makes a key from an array must not write to that
/// array again, and whoever asks for [#bytes()] must not write to it either.
public final class Key implements Comparable<Key> {
  /// The least key; as the end of a [KeySpan] it stands for "no upper bound".
  public static final Key EMPTY = new Key(new byte[0]);

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A key over `bytes`, which the caller gives away.
  public static Key of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Key(bytes);
  }

  /// The bytes themselves, not a copy: read only.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /// The least key that sorts after this one: this key with a zero byte appended.
  public Key next() {
    return new Key(Arrays.copyOf(bytes, bytes.length + 1));
  }

  public boolean startsWith(Key prefix) {
    return bytes.length >= prefix.bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// Printable ASCII as it is, every other byte as `\xNN`: for people and logs, never parsed.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(bytes.length + 2);
    for (byte b : bytes) {
      if (b >= ' ' && b <= '~' && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x").append(HexFormat.of().toHexDigits(b));
      }
    }
    return text.toString();
  }
}
