package io.flotilla.keyspace;

/// A moment of the fleet, from the placement group's oracle: `physical milliseconds << 18 |
/// counter`. Strictly increasing over the whole fleet; positive.
public record Timestamp(long value) implements Comparable<Timestamp> {
  /// How many low bits count the timestamps within one millisecond.
  public static final int COUNTER_BITS = 18;

  /// Before every timestamp the oracle gives out.
  public static final Timestamp ZERO = new Timestamp(0);

  /// After every timestamp the oracle gives out: "the newest version".
  public static final Timestamp MAX = new Timestamp(Long.MAX_VALUE);

  public Timestamp {
    if (value < 0) {
      throw new IllegalArgumentException("a timestamp is not negative, got " + value);
    }
  }

  /// The first timestamp of a millisecond since 1970.
  public static Timestamp atMillis(long millis) {
    return new Timestamp(Math.multiplyExact(millis, 1L << COUNTER_BITS));
  }

  /// Milliseconds since 1970.
  public long millis() {
    return value >>> COUNTER_BITS;
  }

  @Override
  public int compareTo(Timestamp other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return millis() + "." + (value & ((1L << COUNTER_BITS) - 1));
  }
}
