package io.flotilla.placement.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.oracle.TimestampOracle.ClockRefusedException;
import io.flotilla.spi.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampOracleTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final OracleOptions OPTIONS = OracleOptions.DEFAULT;

  private static long at(long millis) {
    return Timestamp.atMillis(millis).value();
  }

  private static TimestampOracle running(long committedBound, long now) {
    TimestampOracle oracle = TimestampOracle.open(OPTIONS, committedBound, now);
    oracle.committed(oracle.wantedBound(now));
    return oracle;
  }

  @Test
  void nothingBeforeTheFirstBoundIsCommitted() {
    TimestampOracle oracle = TimestampOracle.open(OPTIONS, 0, NOW);
    assertEquals(TimestampOracle.NO_ROOM, oracle.draw(1, NOW));
    assertEquals(at(NOW + OPTIONS.windowMillis()), oracle.wantedBound(NOW));
    assertEquals(TimestampOracle.NO_ROOM, oracle.draw(1, NOW), "asked for is not committed");
  }

  @Test
  void followsTheClockAndCountsWithinAMillisecond() {
    TimestampOracle oracle = running(0, NOW);
    assertEquals(at(NOW), oracle.draw(3, NOW));
    assertEquals(at(NOW) + 3, oracle.draw(1, NOW));
    assertEquals(at(NOW + 7), oracle.draw(1, NOW + 7));
  }

  @Test
  void aClockThatGoesBackChangesNothing() {
    TimestampOracle oracle = running(0, NOW);
    assertEquals(at(NOW), oracle.draw(1, NOW));
    assertEquals(at(NOW) + 1, oracle.draw(1, NOW - 1_000_000));
  }

  @Test
  void moreThanAMillisecondHoldsRunIntoTheNext() {
    TimestampOracle oracle = running(0, NOW);
    int millisecond = 1 << Timestamp.COUNTER_BITS;
    assertEquals(at(NOW), oracle.draw(millisecond, NOW));
    assertEquals(at(NOW + 1), oracle.draw(1, NOW));
  }

  @Test
  void afterAPauseTheOldWindowServesWhileTheNextIsCommitted() {
    TimestampOracle oracle = running(0, NOW);
    oracle.draw(1, NOW);
    long later = NOW + 60_000;
    assertEquals(at(NOW) + 1, oracle.draw(1, later), "lags, and waits for nobody");
    long bound = oracle.wantedBound(later);
    assertEquals(at(later + OPTIONS.windowMillis()), bound);
    oracle.committed(bound);
    assertEquals(at(later), oracle.draw(1, later));
  }

  @Test
  void extendsWhenHalfIsUsedAndOnlyOnce() {
    TimestampOracle oracle = running(0, NOW);
    assertEquals(0, oracle.wantedBound(NOW + OPTIONS.windowMillis() / 2 - 1));
    long half = NOW + OPTIONS.windowMillis() / 2;
    assertEquals(at(half + OPTIONS.windowMillis()), oracle.wantedBound(half));
    assertEquals(0, oracle.wantedBound(half + 1), "one is under way");
    oracle.failed();
    assertEquals(at(half + 1 + OPTIONS.windowMillis()), oracle.wantedBound(half + 1));
  }

  @Test
  void aNewLeaderStartsAtTheBoundOrTheClock() {
    assertEquals(at(NOW + 500), running(at(NOW + 500), NOW).draw(1, NOW));
    assertEquals(at(NOW), running(at(NOW - 500), NOW).draw(1, NOW));
  }

  @Test
  void aStartFarAheadIsRefusedWithAdvice() {
    long ahead = NOW + OPTIONS.startAheadMaxMillis() + 1;
    ClockRefusedException refused =
        assertThrows(
            ClockRefusedException.class, () -> TimestampOracle.open(OPTIONS, at(NOW), ahead));
    assertTrue(String.valueOf(refused.getMessage()).contains("400 days"));
    TimestampOracle.open(OPTIONS, 0, ahead);
    assertThrows(
        ClockRefusedException.class, () -> TimestampOracle.open(OPTIONS, 0, Long.MAX_VALUE));
  }

  @Test
  void onlyTheBoundUnderWayCanBeCommitted() {
    TimestampOracle oracle = TimestampOracle.open(OPTIONS, 0, NOW);
    assertThrows(IllegalStateException.class, () -> oracle.committed(at(NOW + 1)));
  }

  /// Random draws, commits that come late or never, changes of leader and jumps of its clock,
  /// against the naive rule: every timestamp is above all before it and below a bound that was
  /// committed before.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void neverRepeatsAndNeverGoesBack(long seed) {
    RandomSource random = new RandomSource(seed);
    long committed = 0;
    long highest = 0;
    long wall = NOW;
    long underWay = 0;
    int drawn = 0;
    TimestampOracle oracle = TimestampOracle.open(OPTIONS, committed, wall);
    for (int i = 0; i < 20_000; i++) {
      wall += random.nextInt(3);
      if (random.oneIn(200)) {
        wall += random.nextInt(20_000_000) - 10_000_000;
      }
      if (random.oneIn(100)) {
        if (underWay != 0 && random.oneIn(2)) {
          // The old leader's last proposal was committed after all: it never heard of it.
          committed = Math.max(committed, underWay);
        }
        underWay = 0;
        oracle = TimestampOracle.open(OPTIONS, committed, wall);
      }
      long bound = oracle.wantedBound(wall);
      underWay = bound == 0 ? underWay : bound;
      if (underWay != 0 && random.oneIn(5)) {
        if (random.oneIn(5)) {
          oracle.failed();
        } else {
          committed = underWay;
          oracle.committed(underWay);
        }
        underWay = 0;
      }
      int count = random.oneIn(20) ? 1 + random.nextInt(1 << 16) : 1 + random.nextInt(10);
      long first = oracle.draw(count, wall);
      if (first != TimestampOracle.NO_ROOM) {
        assertTrue(first > highest, "above all before");
        highest = first + count - 1;
        assertTrue(highest < committed, "below a committed bound");
        drawn++;
      }
    }
    assertTrue(drawn > 1_000, "drew " + drawn);
  }
}
