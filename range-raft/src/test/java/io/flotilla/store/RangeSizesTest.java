package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a store says of the size of its ranges: never of a half what was measured of the whole.
final class RangeSizesTest {
  private static final RangeId LEFT = RangeDescriptor.FIRST;
  private static final RangeId RIGHT = new RangeId(100);

  private static ReplicaStatus status(SimFleet fleet, SimStore store, RangeId range) {
    List<ReplicaStatus> replicas = new ArrayList<>();
    store.store().listReplicas(replicas::addAll);
    fleet.runUntil("a report", SimFleet.SECOND, () -> !replicas.isEmpty());
    return replicas.stream().filter(each -> each.range().equals(range)).findFirst().orElseThrow();
  }

  private static boolean isMeasured(SimFleet fleet, SimStore store, RangeId range) {
    return status(fleet, store, range).size().isOf(fleet.descriptor(range));
  }

  @Test
  void afterASplitBothHalvesAreMeasuredAnewBeforeTheyHaveASize() {
    SimFleet fleet = SimFleet.ofThree(61, 3);
    fleet.fill(LEFT, "a", 60, 3_000);
    fleet.fill(LEFT, "z", 60, 3_000);
    SimStore leader = fleet.awaitLeader(LEFT);
    fleet.runUntil(
        "the whole is measured",
        10 * SimFleet.SECOND,
        () -> status(fleet, leader, LEFT).size().bytes() > 270_000);
    RangeSize whole = status(fleet, leader, LEFT).size();
    fleet.split(LEFT, 100, 50, "m");
    ReplicaStatus left = status(fleet, leader, LEFT);
    assertEquals(whole, left.size(), "nobody has measured yet");
    assertFalse(
        left.size().isOf(fleet.descriptor(LEFT)), "and what was measured is not the half's");
    for (RangeId half : List.of(LEFT, RIGHT)) {
      for (SimStore store : fleet.stores()) {
        fleet.runUntil(
            "range " + half + " is measured on store " + store.id(),
            2 * SimFleet.SECOND,
            () -> isMeasured(fleet, store, half));
        long bytes = status(fleet, store, half).size().bytes();
        assertTrue(bytes > 170_000 && bytes < 200_000, "half of 360 kB, not " + bytes);
      }
    }
  }

  @Test
  void theSizeIsKnownAgainSoonAfterARestart() {
    SimFleet fleet = SimFleet.ofThree(62, 3);
    fleet.fill(LEFT, "a", 20, 1_000);
    SimStore store = fleet.store(2);
    store.crash();
    store.start();
    fleet.runUntil("it is measured", 5 * SimFleet.SECOND, () -> isMeasured(fleet, store, LEFT));
  }

  @Test
  void aMachineThatResignsLosesTheLeadershipToAnother() {
    SimFleet fleet = SimFleet.ofThree(63, 3);
    SimStore first = fleet.awaitLeader(LEFT);
    first
        .store()
        .loopOf(LEFT)
        .execute(() -> {
          var machine = fleet.machine(first, LEFT);
          if (machine != null) {
            machine.access().resign();
            machine.access().resign();
          }
        });
    fleet.runUntil(
        "another leader",
        5 * SimFleet.SECOND,
        () -> fleet.leader(LEFT) != null && fleet.leader(LEFT) != first);
    fleet.put(LEFT, "a", "1");
    assertEquals("1", fleet.get(LEFT, "a"));
  }
}
