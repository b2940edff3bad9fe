package io.flotilla.spi;

/// Says how much room a disk has. May block for as long as the disk does, so no loop of a store
/// asks it.
public interface DiskGauge {
  /// @throws StorageException if it cannot be told at the moment
  Space look();

  /// @param freeBytes that this process may still write
  /// @param totalBytes of the whole volume
  record Space(long freeBytes, long totalBytes) {
    public Space {
      if (freeBytes < 0 || totalBytes < 0) {
        throw new IllegalArgumentException("negative space: " + freeBytes + " of " + totalBytes);
      }
    }
  }
}
