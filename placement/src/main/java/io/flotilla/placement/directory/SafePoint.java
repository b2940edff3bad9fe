package io.flotilla.placement.directory;

import io.flotilla.keyspace.Timestamp;
import java.util.Map;
import java.util.TreeMap;

/// Below which timestamp old versions may be collected: the retention time ago, held back by
/// readers, never going back.
///
/// It follows what the oracle has given out and not the clock: a fleet that draws no timestamps
/// keeps its safe point, and what is drawn next is above it.
final class SafePoint {
  /// No more readers than this can hold it.
  static final int HOLDS_MAX = 100_000;

  private record Hold(Timestamp at, long untilMillis) {}

  private final TreeMap<String, Hold> holds = new TreeMap<>();
  private Timestamp committed;

  /// What it may have moved to: no hold below is granted.
  private Timestamp floor;

  private boolean moving;

  SafePoint(Timestamp committed) {
    this.committed = committed;
    this.floor = committed;
  }

  /// What every store may go by.
  Timestamp committed() {
    return committed;
  }

  /// Keeps the safe point at or below `at`; false if it may be above already, or there are too
  /// many.
  boolean hold(String holder, Timestamp at, long untilMillis) {
    boolean room = holds.containsKey(holder) || holds.size() < HOLDS_MAX;
    if (!room || at.compareTo(floor) < 0) {
      return false;
    }
    holds.put(holder, new Hold(at, untilMillis));
    return true;
  }

  void release(String holder) {
    holds.remove(holder);
  }

  /// Where the safe point may be.
  ///
  /// @param nextTimestamp nothing at or above it was given out
  Timestamp target(long nextTimestamp, long retentionMillis, long nowMillis) {
    holds.values().removeIf(hold -> nowMillis - hold.untilMillis() >= 0);
    long target = Math.max(0, nextTimestamp - (retentionMillis << Timestamp.COUNTER_BITS));
    for (Map.Entry<String, Hold> entry : holds.entrySet()) {
      target = Math.min(target, entry.getValue().at().value());
    }
    return new Timestamp(Math.max(target, floor.value()));
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
