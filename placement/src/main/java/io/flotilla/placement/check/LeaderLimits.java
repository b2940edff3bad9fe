package io.flotilla.placement.check;

/// When leaderships move from a store that leads many ranges to one that leads few.
///
/// @param gap so many more ranges may a store lead than another before any moves, or a twentieth of
///   what each should lead if that is more; 0: none ever moves
/// @param settleMillis a store is given none until it has been well for so long
/// @param movingMax that one store gives away, or takes, at once
/// @param moveMillis time limit of one
public record LeaderLimits(int gap, long settleMillis, int movingMax, long moveMillis) {
  /// A handful of ranges stays where it is; with more, no store leads much more than its share.
  public static final LeaderLimits DEFAULT = new LeaderLimits(8, 30_000, 64, 10_000);

  public LeaderLimits {
    if (gap < 0 || settleMillis < 0 || movingMax < 1 || moveMillis < 1) {
      throw new IllegalArgumentException(
          "limits of leaders: gap "
              + gap
              + ", settled after "
              + settleMillis
              + " ms, "
              + movingMax
              + " at once for "
              + moveMillis
              + " ms");
    }
  }

  public LeaderLimits with(int newGap, long newSettleMillis) {
    return new LeaderLimits(newGap, newSettleMillis, movingMax, moveMillis);
  }
}
