package io.flotilla.engine.rocks;

import io.flotilla.spi.StorageException;

/// Something that only takes up room on a disk, to be given up when the disk is full: then there is
/// enough for flushes, compaction and the next start. Used by one thread at a time.
public interface Ballast {
  /// How many bytes of it are not on the disk.
  long owedBytes();

  boolean isThere();

  /// Adds all that is owed, or a step of it. Blocks.
  ///
  /// @throws StorageException if the disk has no room for it; what is there stays
  void grow();

  /// Gives its room back. Idempotent.
  ///
  /// @throws StorageException if that fails
  void drop();
}
