package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.Engine;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What people ask of a fleet, and what it does for them by itself.
final class OperatorCallsTest {
  @Test
  void aSplitWaitsForAPlacementLeaderThatHasJustBegun() {
    try (SimulatedFleet fleet = SimulatedFleet.of(42, 3)) {
      Engine engine = fleet.engine();
      engine.put("a".getBytes(UTF_8), "1".getBytes(UTF_8));
      RangeId range = engine.fleet().rangeOf(key("a")).descriptor().id();

      fleet.crash((int) engine.fleet().status().placementLeaderStore());
      List<RangeStatus> halves = engine.fleet().split(range, Optional.of(key("m")));

      assertEquals(key("m"), halves.getFirst().descriptor().span().end());
      assertEquals(range, engine.fleet().rangeOf(key("a")).descriptor().id());
    }
  }

  @Test
  void whatIsNotThereIsSaidAtOnce() {
    try (SimulatedFleet fleet = SimulatedFleet.of(42, 3)) {
      Duration before = fleet.now();
      RejectedException rejected =
          assertThrows(
              RejectedException.class,
              () -> fleet.engine().fleet().split(new RangeId(99), Optional.empty()));
      assertEquals(
          "range 99 does not exist, or has no leader at the moment", rejected.getMessage());
      assertEquals(0, fleet.now().minus(before).toSeconds());
    }
  }

  /// Every key is in a range: one whose leader the driver has not heard of yet is waited for. Right
  /// after a start a store leads nothing, says so, and that is all that there is to know.
  @Test
  void theRangeOfAKeyIsWaitedFor() {
    for (int seed = 1; seed <= 10; seed++) {
      try (SimulatedFleet fleet = SimulatedFleet.of(seed, 1)) {
        Engine engine = fleet.engine();
        engine.put("a".getBytes(UTF_8), "1".getBytes(UTF_8));
        fleet.crash(1);
        fleet.restart(1);
        assertTrue(engine.get("a".getBytes(UTF_8)).isPresent());
        assertEquals(new RangeId(2), engine.fleet().rangeOf(key("a")).descriptor().id());
      }
    }
  }

  /// It has no route yet, and whoever is elected in place of the placement leader knows none
  /// either: the stores do.
  @Test
  void aNewClientReadsWhileNobodyLeadsThePlacementGroup() {
    try (SimulatedFleet fleet = SimulatedFleet.of(42, 3)) {
      Engine engine = fleet.engine();
      engine.put("a".getBytes(UTF_8), "1".getBytes(UTF_8));
      RangeId range = engine.fleet().rangeOf(key("a")).descriptor().id();
      int driver = (int) engine.fleet().status().placementLeaderStore();
      engine.fleet().transferLeader(range, new StoreId(driver % 3 + 1));
      fleet.runFor(Duration.ofSeconds(5));
      Engine fresh = fleet.newClient(Duration.ofSeconds(10)).engine();
      fresh.fleet().stores();

      fleet.crash(driver);
      Duration crashed = fleet.now();
      assertTrue(fresh.get("a".getBytes(UTF_8)).isPresent());

      long millis = fleet.now().minus(crashed).toMillis();
      assertTrue(millis < 300, "after " + millis + " ms, by when somebody else may lead");
    }
  }

  /// Many ranges come of one by splits, so one store leads all of them.
  @Test
  void leadershipsSpread() {
    Map<String, String> options = Map.of("leader-gap", "2", "leader-settle-millis", "1000");
    try (SimulatedFleet fleet = new SimulatedFleet(42, 3, options, false)) {
      fleet.start();
      Engine engine = fleet.engine();
      for (char c = 'a'; c < 'm'; c++) {
        Key at = key(String.valueOf(c));
        engine.fleet().split(engine.fleet().rangeOf(at).descriptor().id(), Optional.of(at));
      }
      fleet.runUntil(
          "no store to lead more than two more than another",
          Duration.ofMinutes(3),
          () -> {
            List<Long> leaders =
                engine.fleet().stores().stream().map(StoreStatus::leaders).sorted().toList();
            return leaders.getLast() - leaders.getFirst() <= 2;
          });
    }
  }

  private static Key key(String text) {
    return Key.of(text.getBytes(UTF_8));
  }
}
