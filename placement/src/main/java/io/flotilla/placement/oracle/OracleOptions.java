package io.flotilla.placement.oracle;

/// How the oracle deals with windows and clocks.
///
/// @param windowMillis how far ahead of the time a committed bound lies. Shorter: more commits.
///   Longer: timestamps run further ahead of the wall clock after a change of leader
/// @param jumpMaxMillis a wall clock that jumps further than this while its process runs is not
///   believed ([ClockGuard])
/// @param startAheadMaxMillis a new leader whose wall clock is further ahead of the last committed
///   bound than this gives out nothing: a fleet that was off for a night is ordinary, for a year it
///   is more likely that a clock is wrong
public record OracleOptions(long windowMillis, long jumpMaxMillis, long startAheadMaxMillis) {
  public static final OracleOptions DEFAULT =
      new OracleOptions(3_000, 3_600_000, 400L * 24 * 3_600_000);

  public OracleOptions {
    if (windowMillis < 2 || jumpMaxMillis < 1 || startAheadMaxMillis < 1) {
      throw new IllegalArgumentException(
          "oracle options must be positive (window 2 or more): "
              + windowMillis
              + ", "
              + jumpMaxMillis
              + ", "
              + startAheadMaxMillis);
    }
  }
}
