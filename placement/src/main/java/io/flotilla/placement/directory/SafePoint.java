package io.flotilla.placement.directory;

import io.flotilla.keyspace.Timestamp;
import java.util.TreeMap;

/// Below which timestamp old versions may be collected: the retention time ago, held back by
/// readers, never going back.
///
/// It follows what the oracle has given out and not the clock: a fleet that draws no timestamps
/// keeps its safe point, and what is drawn next is above it.
final class SafePoint {
  /// No more holds than this.
  static final int HOLDS_MAX = 100_000;

  /// What came of asking for a hold.
  enum Answer {
    HELD,
    /// What it needs may be collected already.
    BELOW,
    /// It is older than a hold may become.
    AGED,
    /// There are too many.
    FULL
  }

  /// Sorted by what they hold: the first one holds back all.
  private record Hold(Timestamp at, String holder) implements Comparable<Hold> {
    @Override
    public int compareTo(Hold other) {
      int order = at.compareTo(other.at);
      return order != 0 ? order : holder.compareTo(other.holder);
    }
  }

  private final TreeMap<Hold, Long> untilMillis = new TreeMap<>();
  private final long ageMillisMax;
  private Timestamp committed;

  /// What it may have moved to: no hold below is granted.
  private Timestamp floor;

  private boolean moving;

  /// @param ageMillisMax what is held back no further than this behind the newest timestamp
  SafePoint(Timestamp committed, long ageMillisMax) {
    this.committed = committed;
    this.floor = committed;
    this.ageMillisMax = ageMillisMax;
  }

  /// What every store may go by.
  Timestamp committed() {
    return committed;
  }

  /// Keeps the safe point at or below `at` until then, if it is there still. A hold that is asked
  /// for again lasts until the later of the two ends.
  ///
  /// @param nextTimestamp nothing at or above it was given out
  Answer hold(String holder, Timestamp at, long until, long nextTimestamp, long retentionMillis) {
    if (at.value() < oldest(nextTimestamp, retentionMillis)) {
      return Answer.AGED;
    }
    if (at.compareTo(floor) < 0) {
      return Answer.BELOW;
    }
    Hold hold = new Hold(at, holder);
    Long before = untilMillis.get(hold);
    if (before == null && untilMillis.size() >= HOLDS_MAX) {
      return Answer.FULL;
    }
    untilMillis.put(hold, before == null || until - before > 0 ? until : before);
    return Answer.HELD;
  }

  /// How many holds there are, with those that ran out since the last look at the target.
  int holds() {
    return untilMillis.size();
  }

  /// Where the safe point may be.
  ///
  /// @param nextTimestamp nothing at or above it was given out
  Timestamp target(long nextTimestamp, long retentionMillis, long nowMillis) {
    dropOver(oldest(nextTimestamp, retentionMillis), nowMillis);
    long target = before(nextTimestamp, retentionMillis);
    if (!untilMillis.isEmpty()) {
      target = Math.min(target, untilMillis.firstKey().at().value());
    }
    return new Timestamp(Math.max(target, floor.value()));
  }

  private long oldest(long nextTimestamp, long retentionMillis) {
    return before(nextTimestamp, Math.max(ageMillisMax, retentionMillis));
  }

  private void dropOver(long oldest, long nowMillis) {
    untilMillis
        .entrySet()
        .removeIf(each -> nowMillis - each.getValue() >= 0 || each.getKey().at().value() < oldest);
  }

  private static long before(long timestamp, long millis) {
    return Math.max(0, timestamp - (millis << Timestamp.COUNTER_BITS));
  }

  boolean isMoving() {
    return moving;
  }

  /// A target is being committed.
  void moving(Timestamp target) {
    moving = true;
    floor = target;
  }

  void moved(Timestamp target) {
    moving = false;
    committed = target;
  }

  void notMoved() {
    moving = false;
    floor = committed;
  }

  /// The move may or may not have happened: nothing below the target may be held any more.
  void perhapsMoved() {
    moving = false;
  }
}
