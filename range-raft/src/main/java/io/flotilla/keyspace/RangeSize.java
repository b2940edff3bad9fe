package io.flotilla.keyspace;

/// About how many bytes a range holds, and as of which generation that was measured: what was
/// measured before a split says nothing of the halves.
///
/// @param bytes of its data as it is kept, old versions included
/// @param generation of the descriptor whose span was measured, 0: never measured
public record RangeSize(long bytes, long generation) {
  public static final RangeSize UNKNOWN = new RangeSize(0, 0);

  public RangeSize {
    if (bytes < 0 || generation < 0) {
      throw new IllegalArgumentException(
          "a range has no size of " + bytes + " bytes at generation " + generation);
    }
  }

  /// True if this was measured of the range as `descriptor` has it. An older measurement is good
  /// for people and for sums, not for a decision about the range.
  public boolean isOf(RangeDescriptor descriptor) {
    return generation == descriptor.generation();
  }
}
