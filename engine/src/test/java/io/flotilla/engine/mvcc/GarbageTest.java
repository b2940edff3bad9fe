package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Collection of old versions by the leader: when, in which order, and what it must not take.
class GarbageTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long RETENTION_MILLIS = 1_000;
  private static final KvOptions OPTIONS = new KvOptions(1 << 20, 16, 1 << 20, 10, 8, 10, 1_000);

  private final Bench bench = new Bench(OPTIONS);
  private long snapshot;

  @BeforeEach
  void manyVersions() {
    bench.oracle.safePoint = new Timestamp(1);
    for (int i = 0; i < 30; i++) {
      bench.put("hot", "v" + i);
      bench.put("k" + i % 5, "w" + i);
      bench.settle();
      if (i == 20) {
        snapshot = bench.now();
      }
    }
    bench.delete("k0");
    bench.settle();
  }

  private void laterBy(long millis) {
    passTime(millis);
    bench.put("other", "x");
    bench.settle();
  }

  private void passTime(long millis) {
    long now = new Timestamp(bench.oracle.last).millis() + millis;
    bench.oracle.last = Timestamp.atMillis(now).value();
    bench.oracle.safePoint = Timestamp.atMillis(now - RETENTION_MILLIS);
  }

  private void collect() {
    for (int i = 0; i < 60; i++) {
      bench.loop.advance(SECOND);
      bench.settle();
    }
  }

  private long versions() {
    KeySpan interval = StateLayout.versionsOf(KeySpan.ALL);
    long count = 0;
    try (var cursor =
        bench.state.scan(interval.start().bytes(), interval.end().bytes(), false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        count++;
      }
    }
    return count;
  }

  @Test
  void nothingYoungIsCollected() {
    long before = versions();
    collect();
    assertEquals(before, versions());
    Bench.Answer get = bench.get("hot", snapshot);
    bench.settle();
    assertEquals("v20", get.toString());
  }

  @Test
  void onlyTheNewestIsLeftWhenTheRetentionIsOver() {
    laterBy(5_000);
    collect();
    laterBy(5_000);
    collect();
    // hot, k1 to k4, and what kept the clock going.
    assertTrue(versions() <= 7, "left: " + versions());
    assertEquals("v29", bench.get("hot").toString());
    assertEquals("none", bench.get("k0").toString());
    assertEquals("w29", bench.get("k4").toString());
  }

  /// Nobody looks into it meanwhile: what it knew when it came to rest says when it is due.
  @Test
  void aRangeAtRestIsCollectedOnceItsVersionsAreOld() {
    laterBy(5_000);
    bench.machine.rest();
    long before = versions();
    collect();
    assertEquals(before, versions(), "the newest is too young");
    passTime(5_000);
    bench.environment.timestamps().learnSafePoint(bench.oracle.safePoint);
    collect();
    assertTrue(versions() <= 7, "left: " + versions());
  }

  /// Where room is scarce nobody may write, so that nobody asks for timestamps, by which versions
  /// age; and few versions are worth a walk.
  @Test
  void whereRoomIsScarceVersionsAgeAndGoByThemselves() {
    bench.room.refusesData = true;
    Bench.Answer delete = bench.delete("k1");
    bench.settle();
    assertEquals("done", delete.toString());
    passTime(5_000);
    collect();
    // hot, k2 to k4
    assertTrue(versions() <= 4, "left: " + versions());
  }

  @Test
  void aSnapshotBelowTheThresholdIsTooOldThenAndAfterAChangeOfLeadership() {
    laterBy(5_000);
    collect();
    Bench.Answer get = bench.get("hot", snapshot);
    bench.settle();
    assertEquals("too old", get.toString());
    bench.machine.onLeadershipLost();
    bench.machine.onLeadership(2);
    Bench.Answer again = bench.get("hot", snapshot);
    bench.settle();
    assertEquals("too old", again.toString());
  }

  @Test
  void aReadOnItsWayWhenTheThresholdRisesIsTooOld() {
    laterBy(900);
    bench.loop.advance(3 * SECOND);
    Bench.Answer known = bench.get("x", snapshot);
    bench.settle();
    assertEquals("none", known.toString());
    Bench.Answer scan = bench.scan("", "", snapshot);
    laterByWithoutDisk(5_000);
    for (int i = 0; i < 3; i++) {
      bench.loop.advance(SECOND);
    }
    bench.settle();
    assertEquals("too old", scan.toString());
  }

  private void laterByWithoutDisk(long millis) {
    passTime(millis);
    bench.put("other", "x");
    bench.draw();
    bench.range.applyAll();
    bench.loop.run();
  }

  @Test
  void theMarkGoesBeforeTheFirstDeletion() {
    bench.get("x", snapshot);
    bench.settle();
    bench.loop.advance(3 * SECOND);
    laterBy(5_000);
    for (int i = 0; i < 5 && bench.range.proposals() == 0; i++) {
      bench.loop.advance(SECOND);
      bench.read();
    }
    assertTrue(bench.range.proposals() > 0);
    long before = versions();
    bench.range.applyNext();
    assertEquals(before, versions());
    KeySpan marks = StateLayout.garbageOf(KeySpan.ALL);
    try (var cursor = bench.state.scan(marks.start().bytes(), marks.end().bytes(), false, false)) {
      assertTrue(cursor.isValid());
      cursor.next();
      assertFalse(cursor.isValid());
    }
  }

  @Test
  void aWalkEndsWithTheLeadershipAndBeginsAgainWithTheNext() {
    laterBy(5_000);
    bench.loop.advance(SECOND);
    bench.read();
    bench.machine.onLeadershipLost();
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    bench.settle();
    collect();
    long left = versions();
    bench.machine.onLeadership(2);
    laterBy(5_000);
    collect();
    laterBy(5_000);
    collect();
    assertTrue(versions() < left, "left: " + versions() + " of " + left);
  }

  /// The right half's replicas, which may be elsewhere by now, would hear nothing of it.
  @Test
  void aSliceThatWasReadBeforeASplitDeletesNothingOfTheOtherHalf() {
    bench.get("x", snapshot);
    bench.settle();
    bench.loop.advance(3 * SECOND);
    laterBy(5_000);
    for (int i = 0; i < 5 && bench.range.proposals() == 0; i++) {
      bench.loop.advance(SECOND);
    }
    bench.range.applyAll();
    long before = versions();
    bench.range.become(FakeRange.descriptor(2, "", "a", 4));
    bench.read();
    assertEquals(0, bench.range.proposals());
    collect();
    assertEquals(before, versions());
  }

  @Test
  void noTimerRunsWhileNothingIsLedHere() {
    bench.machine.onLeadershipLost();
    bench.loop.advance(5 * SECOND);
    assertFalse(bench.loop.hasTimers());
    bench.machine.onLeadership(2);
    assertTrue(bench.loop.hasTimers());
  }
}
