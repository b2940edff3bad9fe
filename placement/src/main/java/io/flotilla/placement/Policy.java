package io.flotilla.placement;

/// What the fleet's owner wants. Durable; one for all ranges.
///
/// @param replicas voters wanted for each range; odd, since an even one costs more and survives no
///   more
/// @param rangeBytesMax a range larger than this is split
/// @param retentionMillis how long old versions stay readable
public record Policy(int replicas, long rangeBytesMax, long retentionMillis) {
  public static final Policy DEFAULT = new Policy(3, 256L << 20, 10 * 60_000L);

  public Policy {
    if (replicas < 1 || replicas > 7 || replicas % 2 == 0) {
      throw new IllegalArgumentException("replicas must be 1, 3, 5 or 7, got " + replicas);
    }
    if (rangeBytesMax < 1) {
      throw new IllegalArgumentException("rangeBytesMax must be positive, got " + rangeBytesMax);
    }
    if (retentionMillis < 1_000) {
      throw new IllegalArgumentException(
          "retentionMillis must be 1000 or more, got " + retentionMillis);
    }
  }
}
