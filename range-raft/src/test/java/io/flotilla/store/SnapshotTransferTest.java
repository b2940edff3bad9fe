package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Snapshots between whole stores.
final class SnapshotTransferTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;

  @Test
  void aStoreThatWasAwayPastCompactionCatchesUp() {
    SimFleet fleet = SimFleet.ofThree(51, 3);
    fleet.transfer(RANGE, 1);
    fleet.store(3).crash();
    fleet.fill(RANGE, "a", 80, 1_000);
    fleet.run(2 * SimFleet.SECOND);
    fleet.fill(RANGE, "b", 10, 1_000);
    int before = fleet.events(StoreEvent.SnapshotInstalled.class).size();
    fleet.store(3).start();
    fleet.settle();
    fleet.runUntil(
        "a snapshot",
        20 * SimFleet.SECOND,
        () -> fleet.events(StoreEvent.SnapshotInstalled.class).size() > before);
    fleet.store(1).crash();
    assertNotNull(fleet.get(RANGE, "b9"));
  }

  /// The receiver dies at every stage of a transfer and install; it goes on where it was.
  @Test
  void aReceiverThatDiesInTheMiddleGoesOn() {
    for (int i = 0; i < 20; i++) {
      SimFleet fleet = SimFleet.ofThree(60 + i, 4);
      fleet.transfer(RANGE, 1);
      fleet.fill(RANGE, "a", 30, 1_000);
      SimStore receiver = fleet.store(4);
      addLearner(fleet, 4, 40);
      fleet.run(i * SimFleet.MILLI);
      receiver.crash();
      fleet.run(200 * SimFleet.MILLI);
      receiver.start();
      fleet.addReplica(RANGE, 4, 40);
      fleet.settle();
      long failed = fleet.events(StoreEvent.SnapshotFailed.class).size();
      assertEquals(0, failed, "the same transfer goes on");
    }
  }

  @Test
  void aSenderThatDiesInTheMiddleHarmsNothing() {
    for (int i = 0; i < 10; i++) {
      SimFleet fleet = SimFleet.ofThree(90 + i, 4);
      fleet.transfer(RANGE, 1);
      fleet.fill(RANGE, "a", 30, 1_000);
      addLearner(fleet, 4, 40);
      fleet.run(2 * i * SimFleet.MILLI);
      fleet.store(1).crash();
      fleet.run(300 * SimFleet.MILLI);
      fleet.store(1).start();
      fleet.addReplica(RANGE, 4, 40);
      fleet.settle();
      assertNotNull(fleet.get(RANGE, "a29"));
    }
  }

  /// A process that dies while the interval is cleared finishes the install at its next start.
  @Test
  void anInstallThatWasInterruptedIsFinishedAtTheNextStart() {
    SimFleet fleet = SimFleet.ofThree(52, 4);
    fleet.expectFailures();
    fleet.transfer(RANGE, 1);
    fleet.fill(RANGE, "a", 30, 1_000);
    SimStore receiver = fleet.store(4);
    receiver.snapshots().failNextInstall();
    addLearner(fleet, 4, 40);
    fleet.runUntil(
        "the install to fail",
        20 * SimFleet.SECOND,
        () -> !fleet.events(StoreEvent.StoreFailed.class).isEmpty());
    receiver.crash();
    receiver.start();
    assertTrue(receiver.snapshots().staged().isEmpty(), "what was staged is installed");
    assertEquals(1, receiver.state().load().size());
    fleet.addReplica(RANGE, 4, 40);
    fleet.settle();
    assertNotNull(fleet.get(RANGE, "a29"));
  }

  /// Trap 10: writes that go on all the time do not overtake a follower under a snapshot.
  @Test
  void compactionDoesNotOvertakeAFollowerUnderASnapshot() {
    SimFleet fleet = SimFleet.ofThree(53, 4);
    fleet.transfer(RANGE, 1);
    fleet.fill(RANGE, "a", 60, 1_000);
    int before = fleet.events(StoreEvent.SnapshotInstalled.class).size();
    addLearner(fleet, 4, 40);
    for (int i = 0; i < 100; i++) {
      fleet.put(RANGE, "b" + i, "y".repeat(1_000));
    }
    fleet.addReplica(RANGE, 4, 40);
    fleet.settle();
    int installed = fleet.events(StoreEvent.SnapshotInstalled.class).size() - before;
    assertTrue(installed >= 1 && installed <= 2, installed + " snapshots were needed");
  }

  private static void addLearner(SimFleet fleet, long store, long peer) {
    fleet.admin(
        RANGE,
        (leader, onDone) -> {
          RangeDescriptor now = fleet.descriptor(RANGE);
          List<ReplicaDescriptor> target = new ArrayList<>(now.replicas());
          target.add(
              new ReplicaDescriptor(new PeerId(peer), new StoreId(store), ReplicaKind.LEARNER));
          leader.store().changeMembership(RANGE, now.generation(), target, onDone);
        });
  }
}
