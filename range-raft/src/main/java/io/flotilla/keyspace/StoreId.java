package io.flotilla.keyspace;

/// Names a store for the life of the fleet; ids are never reused.
public record StoreId(long value) implements Comparable<StoreId> {
  public StoreId {
    if (value < 1) {
      throw new IllegalArgumentException("StoreId starts at 1, got " + value);
    }
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
