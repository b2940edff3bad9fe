package io.flotilla.placement;

import io.flotilla.spi.DiskStage;

/// A store's disk as it last said, in bytes, and the number of replicas on it.
///
/// @param disk what the disk still allows
public record StoreStats(long freeBytes, long usedBytes, int replicas, DiskStage disk) {
  public static final StoreStats UNKNOWN = new StoreStats(0, 0, 0);

  public StoreStats {
    if (freeBytes < 0 || usedBytes < 0 || replicas < 0) {
      throw new IllegalArgumentException(
          "negative store statistics: " + freeBytes + ", " + usedBytes + ", " + replicas);
    }
  }

  /// Of a disk with room.
  public StoreStats(long freeBytes, long usedBytes, int replicas) {
    this(freeBytes, usedBytes, replicas, DiskStage.ROOMY);
  }

  /// What a new replica may take of the disk: half of it, for a snapshot is staged and then
  /// unpacked, and nothing once the disk is nearly full.
  public long bytesForReplicas() {
    return disk == DiskStage.ROOMY ? freeBytes / 2 : 0;
  }
}
