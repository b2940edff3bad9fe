package io.flotilla.engine.mvcc;

import org.jspecify.annotations.Nullable;

/// The newest thing known of a user key at some timestamp.
///
/// @param at of the version, 0: there is none
/// @param value null: there is none, or it was deleted at `at`
record Version(long at, byte @Nullable [] value) {
  static final Version NONE = new Version(0, null);

  private static final byte TOMBSTONE = 0;
  private static final byte VALUE = 1;
  private static final byte[] TOMBSTONE_BYTES = {TOMBSTONE};

  /// What is stored under a version's state key: one byte for the format, then the value.
  static byte[] encode(byte @Nullable [] value) {
    if (value == null) {
      return TOMBSTONE_BYTES;
    }
    byte[] stored = new byte[value.length + 1];
    stored[0] = VALUE;
    System.arraycopy(value, 0, stored, 1, value.length);
    return stored;
  }

  /// @throws io.flotilla.spi.StorageException if `stored` is nothing that [#encode] makes
  static byte @Nullable [] decode(byte[] stored) {
    if (isTombstone(stored)) {
      return null;
    }
    if (stored.length == 0 || stored[0] != VALUE) {
      throw new io.flotilla.spi.StorageException(
          "a version of unknown format is in the state database ("
              + (stored.length == 0 ? "empty" : "format byte " + stored[0])
              + "): it was written by a newer release, or is damaged");
    }
    byte[] value = new byte[stored.length - 1];
    System.arraycopy(stored, 1, value, 0, value.length);
    return value;
  }

  static boolean isTombstone(byte[] stored) {
    return stored.length == 1 && stored[0] == TOMBSTONE;
  }
}
