package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply.Held;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Rejected;
import io.flotilla.placement.Policy;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Refused;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Unknown;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the safe point goes, and who holds it back for how long.
class SafePointTest {
  private static final long HOUR = 3_600_000;
  private static final long TENURE_START = 61_000;
  private static final long RETENTION = Policy.DEFAULT.retentionMillis();

  private final MachineBench bench = new MachineBench();

  @BeforeEach
  void lead() {
    bench.lead();
    bench.register(1);
  }

  private static Timestamp plus(Timestamp at, long millis) {
    return Timestamp.atMillis(at.millis() + millis);
  }

  private void assertHeld(String holder, Timestamp at, long ttlMillis) {
    bench.hold(holder, at, ttlMillis).as(Held.class);
  }

  private Rejected assertTooOld(String holder, Timestamp at) {
    Rejected rejected = bench.hold(holder, at, 30_000).as(Rejected.class);
    assertEquals(Reason.TOO_OLD, rejected.reason());
    return rejected;
  }

  @Test
  void itStaysBehindTheNewestTimestampByTheRetentionTime() {
    Timestamp safe = bench.safePointAfter(HOUR);
    assertEquals(bench.draw().first().millis() - RETENTION, safe.millis());
  }

  @Test
  void whoReadsHoldsItBackAsLongAsHeComesBack() {
    Timestamp reading = plus(bench.safePointAfter(HOUR), 20_000);
    for (int i = 0; i < 100; i++) {
      assertHeld("r", reading, 30_000);
      assertTrue(bench.safePointAfter(10_000).compareTo(reading) <= 0);
    }
    assertEquals(reading, bench.report().safePoint());
  }

  @Test
  void theHoldOfADeadReaderRunsOut() {
    Timestamp reading = plus(bench.safePointAfter(HOUR), 20_000);
    assertHeld("r", reading, 30_000);
    assertTrue(bench.safePointAfter(29_000).compareTo(reading) <= 0);
    assertTrue(bench.safePointAfter(12_000).compareTo(reading) > 0);
  }

  @Test
  void noHoldLastsLongerThanTheDriverAllows() {
    Timestamp reading = plus(bench.safePointAfter(HOUR), 1_000);
    assertHeld("r", reading, 10 * HOUR);
    assertTrue(bench.safePointAfter(61_000).compareTo(reading) > 0);
  }

  @Test
  void belowTheSafePointNothingIsHeld() {
    Timestamp safe = bench.safePointAfter(HOUR);
    assertHeld("at", safe, 30_000);
    Rejected rejected = assertTooOld("below", new Timestamp(safe.value() - 1));
    assertTrue(rejected.message().contains("take a new snapshot"), rejected::message);
  }

  /// A copy of an older request that comes late holds what it names, and takes nothing away.
  @Test
  void oneReaderMayHoldSeveral() {
    Timestamp low = plus(bench.safePointAfter(HOUR), 20_000);
    assertHeld("r", plus(low, 40_000), 30_000);
    assertHeld("r", low, 30_000);
    assertHeld("r", plus(low, 40_000), 30_000);
    assertEquals(low, bench.safePointAfter(20_000));
    assertHeld("r", plus(low, 40_000), 60_000);
    assertEquals(plus(low, 40_000), bench.safePointAfter(55_000), "the lower one ran out");
  }

  @Test
  void aShorterHoldDoesNotCutALongerOneShort() {
    Timestamp reading = plus(bench.safePointAfter(HOUR), 20_000);
    assertHeld("r", reading, 60_000);
    assertHeld("r", reading, 1_000);
    assertEquals(reading, bench.safePointAfter(50_000));
  }

  @Test
  void anAgedSnapshotIsHeldNoLongerAndTheTextSaysSo() {
    bench.safePointAfter(HOUR);
    Timestamp reading = bench.draw().first();
    for (long age = 0; age < HOUR - 20_000; age += 10_000) {
      assertHeld("r", reading, 30_000);
      assertTrue(bench.safePointAfter(10_000).compareTo(reading) <= 0);
    }
    bench.range.advance(21_000);
    bench.draw();
    bench.draw();
    Rejected rejected = assertTooOld("r", reading);
    assertTrue(rejected.message().contains("60 min"), rejected::message);
    assertTrue(bench.safePointAfter(10_000).compareTo(reading) > 0, "whatever its lease says");
  }

  @Test
  void aHoldUnderAMoveIsRefusedUntilTheMoveIsKnownToHaveFailed() {
    Timestamp before = bench.safePointAfter(HOUR);
    bench.range.advance(20_000);
    bench.draw();
    bench.draw();
    bench.range.commitAtOnce = false;
    bench.report();
    assertTooOld("r", plus(before, 1_000));
    bench.range.lose(new Refused(new Busy("log", 5)), false);
    assertHeld("r", plus(before, 1_000), 30_000);
    assertEquals(before, bench.report().safePoint());
  }

  @Test
  void aMoveOfUnknownFateIsTakenForDone() {
    Timestamp before = bench.safePointAfter(HOUR);
    bench.range.advance(20_000);
    bench.draw();
    bench.draw();
    bench.range.commitAtOnce = false;
    bench.report();
    bench.range.lose(new Unknown("who knows"), true);
    assertTooOld("r", plus(before, 1_000));
    bench.range.commitAtOnce = true;
    assertTrue(bench.safePointAfter(1_000).compareTo(plus(before, 15_000)) > 0);
  }

  @Test
  void aHoldIsGrantedByALeaderOnly() {
    Timestamp reading = plus(bench.safePointAfter(HOUR), 1_000);
    bench.range.lease = false;
    FakeCall proved = bench.hold("r", reading, 30_000);
    assertFalse(proved.isAnswered(), "no lease: it takes a barrier");
    bench.range.proveBarrier();
    proved.as(Held.class);
    FakeCall deposed = bench.hold("r", reading, 30_000);
    bench.machine.onLeadershipLost();
    bench.range.refuseBarrier(new NotLeader(bench.range.descriptor(), null));
    assertInstanceOf(NotLeader.class, deposed.refusal());
    assertNull(deposed.reply());
  }

  /// In its first minute every hold of its predecessors runs out, or is asked for here.
  @Test
  void aNewLeaderLeavesItAloneUntilHoldersHadTheTimeToComeBack() {
    Timestamp last = bench.safePointAfter(HOUR);
    Timestamp reading = plus(last, 1_000);
    assertHeld("r", reading, 60_000);
    bench.lead();
    assertEquals(last, bench.safePointAfter(0));
    assertEquals(last, bench.safePointAfter(59_000));
    assertHeld("r", reading, 30_000);
    assertEquals(last, bench.safePointAfter(20_000), "less than a step");
    assertTrue(bench.safePointAfter(31_000).compareTo(reading) > 0);
  }

  @Test
  void whoeverDrawsHearsOfEverySafePointThatWasTold() {
    Timestamp told = bench.safePointAfter(HOUR);
    assertEquals(told, bench.draw().safePoint());
    bench.lead();
    assertEquals(told, bench.draw().safePoint(), "and from the next leader too");
  }

  @Test
  void thereIsNoEndOfHoldersButALimit() {
    Timestamp reading = plus(bench.safePointAfter(HOUR), 1_000);
    for (int i = 0; i < SafePoint.HOLDS_MAX; i++) {
      bench.hold("r" + i, reading, 30_000);
    }
    assertInstanceOf(Busy.class, bench.hold("one more", reading, 30_000).refusal());
    assertHeld("r7", reading, 30_000);
  }

  /// Readers, leaders and time at random: what was told never goes back, and never above a hold
  /// that was granted and is not over.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverBackAndNeverAboveAHold(long seed) {
    record Granted(Timestamp at, long until) {}
    RandomSource random = new RandomSource(seed);
    List<Granted> granted = new ArrayList<>();
    Timestamp told = bench.safePointAfter(HOUR);
    long now = 0;
    for (int i = 0; i < 2_000; i++) {
      switch (random.nextInt(8)) {
        case 0 -> {
          if (random.oneIn(5)) {
            bench.lead();
          }
        }
        case 1, 2, 3 -> {
          Timestamp at = plus(told, random.nextInt((int) RETENTION) - 5_000);
          long ttl = 1 + random.nextInt((int) TENURE_START);
          FakeCall call = bench.hold("r" + random.nextInt(4), at, ttl);
          if (call.reply() instanceof Held) {
            granted.add(new Granted(at, now + Math.min(ttl, 60_000)));
          }
        }
        default -> {
          long step = random.nextInt(9_000);
          now += step;
          Timestamp next = bench.safePointAfter(step);
          assertTrue(next.compareTo(told) >= 0, "back from " + told + " to " + next);
          long at = now;
          granted.removeIf(hold -> hold.until() <= at);
          for (Granted hold : granted) {
            assertTrue(next.compareTo(hold.at()) <= 0, hold + " held, told " + next);
          }
          told = next;
        }
      }
    }
  }
}
