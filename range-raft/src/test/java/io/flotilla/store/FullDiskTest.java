package io.flotilla.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.sim.MapMachine.MapRequest;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimLayout;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.DiskStage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Stores whose disks run full, and one whose disk hangs.
final class FullDiskTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;

  @Test
  void aFullFollowerStopsNobodyAndLosesNothing() {
    SimFleet fleet = SimFleet.ofThree(201, 3);
    fleet.transfer(RANGE, 1);
    fleet.put(RANGE, "before", "1");
    fleet.run(SimFleet.SECOND);
    SimStore full = fleet.store(3);
    full.room().set(DiskStage.FULL);
    fleet.fill(RANGE, "a", 20, 100);
    fleet.run(SimFleet.SECOND);
    assertTrue(full.room().left() > 0, "nothing was left to the leader");
    assertFalse(has(full, "a0"));
    assertEquals(fleet.store(1), fleet.leader(RANGE));
    full.crash();
    full.start();
    fleet.run(SimFleet.SECOND);
    assertTrue(has(full, "before"));
    full.room().set(DiskStage.ROOMY);
    fleet.runUntil("the follower to catch up", 20 * SimFleet.SECOND, () -> has(full, "a19"));
    // Its copy counts from now on.
    fleet.store(1).crash();
    fleet.put(RANGE, "after", "2");
    assertEquals("2", fleet.get(RANGE, "after"));
  }

  @Test
  void whatAddsNoDataReachesAFullFollower() {
    SimFleet fleet = SimFleet.ofThree(202, 3);
    fleet.transfer(RANGE, 1);
    fleet.put(RANGE, "a", "1");
    fleet.run(SimFleet.SECOND);
    fleet.store(2).room().set(DiskStage.FULL);
    fleet.store(3).room().set(DiskStage.FULL);
    // Splits, membership changes and elections need a quorum, which here is full.
    fleet.split(RANGE, 7, 70, "m");
    fleet.removeReplica(RANGE, 3);
    fleet.transfer(RANGE, 2);
    assertEquals("1", fleet.get(RANGE, "a"));
  }

  @Test
  void aLowFollowerStillTakesEverything() {
    SimFleet fleet = SimFleet.ofThree(203, 3);
    fleet.transfer(RANGE, 1);
    fleet.store(3).room().set(DiskStage.LOW);
    fleet.fill(RANGE, "a", 5, 100);
    fleet.runUntil("the follower", 5 * SimFleet.SECOND, () -> has(fleet.store(3), "a4"));
    assertEquals(0, fleet.store(3).room().left());
  }

  /// The leader's log is compacted past a follower without room, which then needs a snapshot.
  @Test
  void noSnapshotIsCutInVainForAStoreThatIsKnownToBeFull() {
    SimFleet fleet = SimFleet.ofThree(204, 3);
    fleet.transfer(RANGE, 1);
    SimStore full = fleet.store(3);
    full.room().set(DiskStage.FULL);
    fleet.store(1).room().setFull(full.id(), true);
    int before = fleet.events(StoreEvent.SnapshotFailed.class).size();
    fleet.fill(RANGE, "a", 80, 1_000);
    fleet.run(5 * SimFleet.SECOND);
    assertEquals(before, fleet.events(StoreEvent.SnapshotFailed.class).size());
    full.room().set(DiskStage.ROOMY);
    fleet.store(1).room().setFull(full.id(), false);
    fleet.runUntil("the follower to catch up", 20 * SimFleet.SECOND, () -> has(full, "a79"));
  }

  @Test
  void aSnapshotThatThereIsNoRoomForIsRefusedAndComesLater() {
    SimFleet fleet = SimFleet.ofThree(205, 3);
    fleet.transfer(RANGE, 1);
    SimStore full = fleet.store(3);
    full.room().set(DiskStage.FULL);
    fleet.fill(RANGE, "a", 80, 1_000);
    fleet.runUntil(
        "a refusal",
        20 * SimFleet.SECOND,
        () ->
            fleet.events(StoreEvent.SnapshotFailed.class).stream()
                .anyMatch(failed -> failed.reason().contains("no room")));
    assertTrue(full.snapshots().staged().isEmpty());
    full.room().set(DiskStage.ROOMY);
    fleet.runUntil("the follower to catch up", 20 * SimFleet.SECOND, () -> has(full, "a79"));
  }

  /// The disk hangs in an fsync; the store is told to stop; later the fsync comes back. Whoever
  /// wrote was told that nothing is known, and is told nothing more.
  @Test
  void aStopDuringAHungFsyncAcknowledgesNothing() {
    SimFleet fleet = new SimFleet(206, SimFleet.smallOptions());
    fleet.add(1);
    fleet.bootstrap();
    fleet.put(RANGE, "a", "1");
    SimStore store = fleet.store(1);
    store.stallLog(10 * SimFleet.SECOND);
    List<String> answers = new ArrayList<>();
    store
        .store()
        .serve(
            RANGE,
            new MapRequest.Put(
                SimFleet.key("a"),
                "2".getBytes(UTF_8),
                outcome -> answers.add(outcome.toString()),
                refusal -> answers.add(refusal.toString())));
    fleet.run(SimFleet.SECOND);
    assertEquals(List.of(), answers);
    List<String> stopped = new ArrayList<>();
    store.store().stop(() -> stopped.add("stopped"));
    fleet.runUntil("an answer", SimFleet.SECOND, () -> !answers.isEmpty());
    assertTrue(answers.getFirst().startsWith("Unknown"), "" + answers);
    assertEquals(List.of(), stopped, "the stages have not ended yet");
    fleet.runUntil("the end", 20 * SimFleet.SECOND, () -> !stopped.isEmpty());
    assertEquals(1, answers.size(), "" + answers);
    store.crash();
    store.start();
    assertNotNull(fleet.get(RANGE, "a"));
  }

  private static boolean has(SimStore store, String key) {
    return store.state().get(SimLayout.PLAIN.stateKey(SimFleet.key(key)).bytes()) != null;
  }
}
