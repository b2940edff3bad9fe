package io.flotilla.engine.rocks;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The first chunk of every snapshot: which files the others are.
///
/// ```
/// version (1), file count (4), then for each: length (8)
/// ```
///
/// Files are table files of RocksDB, disjoint and ascending. Each begins with a chunk of its own.
record SnapshotContents(List<Long> fileLengths) {
  private static final byte VERSION = 1;

  byte[] encode() {
    ByteBuffer target = ByteBuffer.allocate(5 + 8 * fileLengths.size());
    target.put(VERSION).putInt(fileLengths.size());
    fileLengths.forEach(target::putLong);
    return target.array();
  }

  /// Null if the bytes are not a table of contents that this release can read.
  static @Nullable SnapshotContents decode(byte[] bytes) {
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      if (from.get() != VERSION) {
        return null;
      }
      List<Long> lengths = new ArrayList<>();
      for (int left = from.getInt(); left > 0; left--) {
        lengths.add(from.getLong());
      }
      return from.hasRemaining() ? null : new SnapshotContents(lengths);
    } catch (BufferUnderflowException e) {
      return null;
    }
  }
}
