package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeId;
import io.flotilla.placement.RangeProblem;
import io.flotilla.placement.check.Operator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Operators that came to nothing, by range: until when none of the same kind is started again, and
/// what the problem was, for whoever asks.
///
/// What was turned down will be turned down again, so the pause doubles with each time, up to a
/// limit. What ran out of time or was overtaken by another change may well succeed: its pause is
/// the shortest. A kind that fails does not hold up another: what cannot be split may still be
/// repaired.
final class Setbacks {
  private record Pause(int rejections, long untilMillis) {}

  private static final class OfRange {
    final Map<Operator.Kind, Pause> pauses = new EnumMap<>(Operator.Kind.class);
    @Nullable RangeProblem problem;
    long untilMillis;
  }

  private final long pauseMillis;
  private final long pauseMillisMax;
  private long lookedMillis;
  private final TreeMap<RangeId, OfRange> ranges = new TreeMap<>();

  /// @param pauseMillis the shortest pause
  Setbacks(long pauseMillis, long pauseMillisMax, long nowMillis) {
    this.lookedMillis = nowMillis;
    this.pauseMillis = pauseMillis;
    this.pauseMillisMax = Math.max(pauseMillis, pauseMillisMax);
  }

  /// It was turned down; returns for how many milliseconds none of its kind is started.
  long rejected(Operator operator, String reason, long nowMillis) {
    int before = rejections(operator);
    long pause = pauseMillis;
    for (int i = 0; i < before && pause < pauseMillisMax; i++) {
      pause = Math.min(2 * pause, pauseMillisMax);
    }
    note(operator, reason, new Pause(before + 1, nowMillis + pause));
    return pause;
  }

  /// It did not come to its end; returns for how many milliseconds none of its kind is started.
  long dropped(Operator operator, String reason, long nowMillis) {
    note(operator, reason, new Pause(rejections(operator), nowMillis + pauseMillis));
    return pauseMillis;
  }

  private int rejections(Operator operator) {
    OfRange range = ranges.get(operator.range());
    Pause pause = range == null ? null : range.pauses.get(operator.kind());
    return pause == null ? 0 : pause.rejections();
  }

  private void note(Operator operator, String reason, Pause pause) {
    OfRange range = ranges.computeIfAbsent(operator.range(), _ -> new OfRange());
    range.pauses.put(operator.kind(), pause);
    if (operator.kind() != Operator.Kind.BALANCE_LEADERS) {
      range.problem = new RangeProblem(operator.current().toString(), reason);
    }
    range.untilMillis = pause.untilMillis() + pauseMillisMax;
  }

  /// An operator begins. Whoever waits for it must not take an earlier failure for its own.
  void begun(Operator operator) {
    OfRange range = ranges.get(operator.range());
    String step = operator.current().toString();
    if (range != null && range.problem != null && range.problem.step().equals(step)) {
      range.problem = null;
    }
  }

  /// An operator reached its end: what failed before is history.
  void clear(Operator operator) {
    OfRange range = ranges.get(operator.range());
    if (range != null && range.pauses.remove(operator.kind()) != null && range.pauses.isEmpty()) {
      ranges.remove(operator.range());
    }
  }

  boolean isPaused(RangeId range, Operator.Kind kind, long nowMillis) {
    OfRange found = ranges.get(range);
    Pause pause = found == null ? null : found.pauses.get(kind);
    return pause != null && nowMillis - pause.untilMillis() < 0;
  }

  Optional<RangeProblem> problem(RangeId range) {
    return Optional.ofNullable(ranges.get(range)).map(found -> found.problem);
  }

  /// Drops what is so old that a failure now would be one by itself. To be called often.
  void forgetOld(long nowMillis) {
    if (nowMillis - lookedMillis < pauseMillis / 2) {
      return;
    }
    lookedMillis = nowMillis;
    for (Iterator<OfRange> each = ranges.values().iterator(); each.hasNext(); ) {
      if (nowMillis - each.next().untilMillis >= 0) {
        each.remove();
      }
    }
  }
}
