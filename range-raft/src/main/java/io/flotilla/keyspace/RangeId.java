package io.flotilla.keyspace;

/// Names a range (and so a Raft group) for the life of the fleet; ids are never reused.
public record RangeId(long value) implements Comparable<RangeId> {
  public RangeId {
    if (value < 1) {
      throw new IllegalArgumentException("RangeId starts at 1, got " + value);
    }
  }

  @Override
  public int compareTo(RangeId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
