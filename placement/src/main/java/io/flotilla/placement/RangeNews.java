package io.flotilla.placement;

import io.flotilla.keyspace.RangeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one report of a store says of ranges: what changed, and while the placement leader has yet
/// to learn all of them, a stretch of everything. Bounded ([#RANGES_MAX], [#BYTES_MAX]), so that a
/// report fits into a frame however many ranges there are: what is left comes with the next one.
///
/// @param full null: changes alone
/// @param led ranges led there that changed, and all of `full`
/// @param released ranges that are not led there any more
/// @param failed steps that were turned down
public record RangeNews(
    @Nullable Stretch full,
    List<RangeReport> led,
    List<RangeId> released,
    List<FailedStep> failed) {
  /// The most ranges of one report in each of its lists.
  public static final int RANGES_MAX = 1_000;

  /// About how many bytes the ranges of one report may take.
  public static final int BYTES_MAX = 256 << 10;

  public RangeNews {
    led = List.copyOf(led);
    released = List.copyOf(released);
    failed = List.copyOf(failed);
  }

  /// A stretch of range ids. A report that has one names every range in it that the store leads: it
  /// leads no other there.
  ///
  /// @param end the first id behind it, null: it goes to the last
  public record Stretch(RangeId from, @Nullable RangeId end) {
    public static final Stretch ALL = new Stretch(new RangeId(1), null);

    public Stretch {
      if (end != null && end.compareTo(from) <= 0) {
        throw new IllegalArgumentException("a stretch from " + from + " cannot end at " + end);
      }
    }
  }
}
