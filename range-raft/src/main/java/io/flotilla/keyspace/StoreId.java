package io.flotilla.keyspace;

import java.util.List;
import java.util.stream.LongStream;

/// Names a store for the life of the fleet; ids are never reused.
public record StoreId(long value) implements Comparable<StoreId> {
  /*
   * Every descriptor names some stores, and a fleet has few: what is read of descriptors shares
   * them.
   */
  private static final int SHARED_MAX = 64;
  private static final List<StoreId> SHARED =
      LongStream.rangeClosed(1, SHARED_MAX).mapToObj(StoreId::new).toList();

  public StoreId {
    if (value < 1) {
      throw new IllegalArgumentException("StoreId starts at 1, got " + value);
    }
  }

  /// The store with this number; not always a new object.
  public static StoreId of(long value) {
    return value >= 1 && value <= SHARED_MAX ? SHARED.get((int) value - 1) : new StoreId(value);
  }

  @Override
  public int compareTo(StoreId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
