package io.flotilla.placement;

/// A store's disk as it last said, in bytes, and the number of replicas on it.
public record StoreStats(long freeBytes, long usedBytes, int replicas) {
  public static final StoreStats UNKNOWN = new StoreStats(0, 0, 0);

  public StoreStats {
    if (freeBytes < 0 || usedBytes < 0 || replicas < 0) {
      throw new IllegalArgumentException(
          "negative store statistics: " + freeBytes + ", " + usedBytes + ", " + replicas);
    }
  }
}
