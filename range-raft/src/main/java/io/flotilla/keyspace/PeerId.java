package io.flotilla.keyspace;

/// Names one replica of one range: a member of a Raft group as the consensus core sees it. Given
/// out by the placement driver, increasing, never reused: a replica that comes back to a store gets
/// a new one.
public record PeerId(long value) implements Comparable<PeerId> {
  public PeerId {
    if (value < 1) {
      throw new IllegalArgumentException("PeerId starts at 1, got " + value);
    }
  }

  @Override
  public int compareTo(PeerId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
