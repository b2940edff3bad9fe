package io.flotilla.placement.directory;

import io.flotilla.keyspace.RangeId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which ranges are to be looked at although nobody reported them: those for which something is to
/// be done as soon as there is room for it, and, slowly, all, in case something was missed.
///
/// So what a report costs depends on what it says and not on how many ranges there are. After a
/// change of the stores all ranges are looked at once as fast as bounded portions allow.
final class Agenda {
  /// The most ranges of one portion of the round over all.
  static final int ROUND_MAX = 1_000;

  /// The most of either kind that wait and are looked at in one go.
  static final int WAITING_MAX = 200;

  private final RangeDirectory directory;
  private final long roundMillis;
  private final Waiting repairs = new Waiting();
  private final Waiting moves = new Waiting();
  private @Nullable RangeId lastOfRound;
  private long roundAtMillis;
  private int hurried;

  /// @param roundMillis how long a round over all ranges takes when nothing is known to be new
  Agenda(RangeDirectory directory, long roundMillis, long nowMillis) {
    this.directory = directory;
    this.roundMillis = roundMillis;
    this.roundAtMillis = nowMillis;
  }

  /// There is something to do at this range, or may be, only not now.
  void later(RangeId range) {
    repairs.ranges.add(range);
  }

  /// It would be better led elsewhere, only not now. Such ranges do not hold up those to be
  /// repaired, however many they are.
  void laterMove(RangeId range) {
    moves.ranges.add(range);
  }

  /// It is being looked at, and nothing waits so far.
  void settled(RangeId range) {
    repairs.ranges.remove(range);
    moves.ranges.remove(range);
  }

  /// So many ranges wait for others to be done.
  int waiting() {
    return repairs.ranges.size() + moves.ranges.size();
  }

  /// The stores changed, so any range may need something now.
  void hurry() {
    hurried = directory.size();
  }

  /// Some of those that wait, each time others; first those to be repaired.
  List<RangeId> someWaiting() {
    List<RangeId> some = new ArrayList<>();
    repairs.some(some);
    moves.some(some);
    return some;
  }

  /// The next portion of the round over all.
  List<RangeId> portion(long nowMillis) {
    int all = directory.size();
    long due = hurried > 0 ? hurried : share(all, nowMillis - roundAtMillis);
    int count = (int) Math.min(Math.min(due, all), ROUND_MAX);
    if (count == 0) {
      return List.of();
    }
    roundAtMillis = nowMillis;
    hurried = Math.max(0, hurried - count);
    List<RangeId> portion = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      lastOfRound = directory.next(lastOfRound).orElseThrow().range();
      portion.add(lastOfRound);
    }
    return portion;
  }

  private long share(long all, long passedMillis) {
    return passedMillis >= roundMillis ? all : all * passedMillis / roundMillis;
  }

  private static final class Waiting {
    final TreeSet<RangeId> ranges = new TreeSet<>();
    private @Nullable RangeId last;

    void some(List<RangeId> into) {
      for (int i = 0; i < WAITING_MAX && i < ranges.size(); i++) {
        RangeId next = last == null ? null : ranges.higher(last);
        last = next == null ? ranges.first() : next;
        into.add(last);
      }
    }
  }
}
