package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.sim.MapMachine;
import io.flotilla.sim.MapMachine.MapRequest;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// DESIGN section 6, the traps around who has a replica.
final class MembershipTrapsTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;

  /// Trap 4.
  @Test
  void aRemovedReplicaIsNotRecreatedByAnOldMessage() {
    SimFleet fleet = SimFleet.ofThree(21, 3);
    fleet.transfer(RANGE, 1);
    fleet.removeReplica(RANGE, 3);
    fleet.settle();
    SimStore removed = fleet.store(3);
    for (int life = 0; life < 2; life++) {
      fleet.run(SimFleet.SECOND);
      long created = created(fleet, removed);
      Message old = new Message.Beat(new PeerId(1), 9, 20, 5);
      RangeMessage message = new RangeMessage(RANGE, new PeerId(3), KeySpan.ALL, old);
      removed.store().onMessages(new StoreId(1), List.of(message));
      fleet.run(SimFleet.SECOND);
      assertNull(fleet.machine(removed, RANGE));
      assertEquals(created, created(fleet, removed));
      removed.crash();
      removed.start();
    }
  }

  /// Trap 5.
  @Test
  void aRemovedReplicaThatNeverHeardOfItAsksAndDestroysItself() {
    SimFleet fleet = SimFleet.ofThree(22, 3);
    fleet.transfer(RANGE, 1);
    SimStore cut = fleet.store(3);
    fleet.put(RANGE, "a", "1");
    fleet.network().isolate(cut.id());
    fleet.removeReplica(RANGE, 3);
    fleet.network().healAll();
    fleet.run(100 * SimFleet.MILLI);
    assertNotNull(fleet.machine(cut, RANGE));
    fleet.runUntil(
        "the question",
        20 * SimFleet.SECOND,
        () -> !fleet.events(StoreEvent.LeaderMissing.class).isEmpty());
    StoreEvent.LeaderMissing asks = fleet.events(StoreEvent.LeaderMissing.class).getLast();
    assertEquals(new PeerId(3), asks.peer());
    cut.store().replicaGone(RANGE, asks.peer(), asks.generation());
    fleet.run(SimFleet.SECOND);
    assertNotNull(fleet.machine(cut, RANGE), "a word that is not newer changes nothing");
    cut.store().replicaGone(RANGE, asks.peer(), fleet.descriptor(RANGE).generation());
    fleet.settle();
    fleet.runUntil("its data to go", 10 * SimFleet.SECOND, () -> cut.state().load().isEmpty());
  }

  /// Trap 5, for a replica that never got any state: a late message makes it after it was removed,
  /// and the driver cannot tell it from one that is about to be added.
  @Test
  void aReplicaThatALateMessageMadeIsForgottenAndCanComeAgain() {
    SimFleet fleet = SimFleet.ofThree(23, 3);
    fleet.transfer(RANGE, 1);
    fleet.put(RANGE, "a", "1");
    SimStore idle = fleet.add(4);
    idle.start();
    for (int time = 0; time < 2; time++) {
      Message late = new Message.Beat(new PeerId(1), 9 + time, 0, 5);
      RangeMessage message = new RangeMessage(RANGE, new PeerId(77), KeySpan.ALL, late);
      idle.store().onMessages(new StoreId(1), List.of(message));
      fleet.run(SimFleet.SECOND);
      assertEquals(1, idle.log().load().stream().filter(each -> each.peer() != null).count());
      idle.store().replicaGone(RANGE, new PeerId(77), 1);
      fleet.run(SimFleet.SECOND);
      assertEquals(0, idle.log().load().stream().filter(each -> each.peer() != null).count());
    }
    assertEquals(2, created(fleet, idle));
    idle.crash();
    idle.start();
    fleet.run(SimFleet.SECOND);
    ReplicaDescriptor wanted =
        new ReplicaDescriptor(new PeerId(77), idle.id(), ReplicaKind.LEARNER);
    change(fleet, wanted);
    fleet.settle();
    assertEquals(1, idle.state().load().size());
  }

  /// Trap 7.
  @Test
  void aNewLeaderServesNothingBeforeItsFirstEntryIsApplied() {
    SimFleet fleet = SimFleet.ofThree(23, 3);
    fleet.transfer(RANGE, 1);
    fleet.put(RANGE, "a", "1");
    SimStore next = fleet.store(2);
    fleet
        .network()
        .filter((from, _, m) -> !(from.equals(next.id()) && m.message() instanceof Message.Append));
    fleet.store(1).store().transferLeader(RANGE, next.id(), _ -> {});
    fleet.runUntil("store 2 to be elected", 5 * SimFleet.SECOND, () -> elected(fleet, next));
    AtomicReference<String> answer = new AtomicReference<>("none");
    next.store()
        .serve(
            RANGE,
            new MapRequest.Get(
                SimFleet.key("a"),
                (value, _) -> answer.set(new String(value)),
                refusal -> answer.set("refused " + refusal)));
    fleet.run(60 * SimFleet.MILLI);
    assertEquals("none", answer.get());
    fleet.network().healAll();
    fleet.runUntil("an answer", 5 * SimFleet.SECOND, () -> !answer.get().equals("none"));
    assertEquals("1", answer.get());
  }

  /// Trap 8.
  @Test
  void aLearnerCountsForNoQuorum() {
    SimFleet fleet = SimFleet.ofThree(24, 3);
    fleet.transfer(RANGE, 1);
    fleet.removeReplica(RANGE, 3);
    fleet.settle();
    change(fleet, new ReplicaDescriptor(new PeerId(30), new StoreId(3), ReplicaKind.LEARNER));
    fleet.settle();
    fleet.put(RANGE, "a", "1");
    fleet.store(2).crash();
    AtomicReference<String> answer = new AtomicReference<>("none");
    fleet
        .store(1)
        .store()
        .serve(
            RANGE,
            new MapRequest.Put(
                SimFleet.key("a"),
                new byte[] {'2'},
                outcome -> answer.set("" + outcome),
                refusal -> answer.set("" + refusal)));
    fleet.run(2 * SimFleet.SECOND);
    assertTrue(!answer.get().startsWith("Applied"), answer.get());
    fleet.store(2).start();
    fleet.put(RANGE, "b", "3");
    assertEquals("3", fleet.get(RANGE, "b"));
  }

  @Test
  void aNewReplicaBecomesAVoterOnlyOverALearnerThatHasTheLog() {
    SimFleet fleet = SimFleet.ofThree(25, 4);
    List<ReplicaDescriptor> target = new ArrayList<>(fleet.descriptor(RANGE).replicas());
    target.add(new ReplicaDescriptor(new PeerId(40), new StoreId(4), ReplicaKind.VOTER));
    AdminOutcome outcome = changeOnce(fleet, target);
    assertTrue(outcome instanceof AdminOutcome.Rejected, "" + outcome);

    fleet.store(4).crash();
    change(fleet, new ReplicaDescriptor(new PeerId(40), new StoreId(4), ReplicaKind.LEARNER));
    AdminOutcome early = changeOnce(fleet, target);
    assertTrue(early instanceof AdminOutcome.Refused, "" + early);
    fleet.store(4).start();
    fleet.addReplica(RANGE, 4, 40);
    assertEquals(4, fleet.descriptor(RANGE).replicas().size());
  }

  /// Trap 9.
  @Test
  void aLeaderThatWasRemovedWhileItIsTheOnlyOneWhoKnowsHarmsNobody() {
    SimFleet fleet = SimFleet.ofThree(26, 3);
    fleet.transfer(RANGE, 1);
    fleet.put(RANGE, "a", "1");
    MapMachine leader = fleet.machine(fleet.store(1), RANGE);
    assertNotNull(leader);
    StoreId one = new StoreId(1);
    fleet
        .network()
        .filter((from, _, m) -> {
          boolean joint = leader.access().descriptor().isJoint();
          long known =
              switch (m.message()) {
                case Message.Append append -> append.committed();
                case Message.Beat beat -> beat.committed();
                default -> 0;
              };
          boolean tellsTooMuch = joint && known > leader.access().appliedIndex();
          return !(from.equals(one) && (leader.isRemoved() || tellsTooMuch));
        });
    fleet.removeReplica(RANGE, 1);
    assertNull(fleet.machine(fleet.store(1), RANGE));
    fleet.network().filter((from, to, _) -> !from.equals(one) && !to.equals(one));
    fleet.settle();
    assertEquals("1", fleet.get(RANGE, "a"));
    assertEquals(2, fleet.descriptor(RANGE).replicas().size());
    fleet.put(RANGE, "a", "2");
  }

  /// Trap 9, where nobody else is left who could tell.
  @Test
  void theLastOfTwoLeadsAlthoughTheWordOfTheChangeWasLost() {
    SimFleet fleet = leaderRemovesItselfAndNobodyHears(28);
    fleet.run(3 * SimFleet.SECOND);
    fleet.network().healAll();
    fleet.settle();
    assertEquals("1", fleet.get(RANGE, "a"));
    assertEquals(1, fleet.descriptor(RANGE).replicas().size());
  }

  /// And the one who could tell dies, at any moment of its removal, before it is asked.
  @Test
  void theLastOfTwoLeadsAlthoughTheOneWhoKnewRestarted() {
    int removed = 0;
    for (int i = 0; i < 20; i++) {
      SimFleet fleet = leaderRemovesItselfAndNobodyHears(100 + i);
      fleet.run(i * SimFleet.MILLI / 2);
      SimStore one = fleet.store(1);
      boolean knew = fleet.machine(one, RANGE) == null;
      removed += knew ? 1 : 0;
      if (i % 2 == 0) {
        one.crash(0);
      } else {
        one.crash();
      }
      one.start();
      fleet.run(SimFleet.SECOND);
      fleet.network().healAll();
      fleet.settle();
      assertEquals("1", fleet.get(RANGE, "a"));
      int left = fleet.descriptor(RANGE).replicas().size();
      assertTrue(left == 1 || left == 2 && !knew, left + " are left at moment " + i);
    }
    assertTrue(removed > 5 && removed < 20, "moments before and after: " + removed);
  }

  /// It had applied its removal, durably, and its log had not heard of that yet.
  @Test
  void theLastOfTwoLeadsAlthoughTheOneWhoKnewDiedBeforeItsTombstone() {
    SimFleet fleet = leaderRemovesItselfAndNobodyHears(29);
    SimStore one = fleet.store(1);
    fleet.runUntil(
        "the removal to begin", SimFleet.SECOND, () -> fleet.machine(one, RANGE) == null);
    one.stallLog(SimFleet.SECOND);
    fleet.run(100 * SimFleet.MILLI);
    assertEquals(0, one.state().unflushed());
    assertEquals(new PeerId(1), one.log().load().getFirst().peer());
    one.crash();
    one.start();
    fleet.run(SimFleet.SECOND);
    fleet.network().healAll();
    fleet.settle();
    assertEquals("1", fleet.get(RANGE, "a"));
  }

  private static SimFleet leaderRemovesItselfAndNobodyHears(long seed) {
    SimFleet fleet = SimFleet.ofThree(seed, 3);
    fleet.transfer(RANGE, 1);
    fleet.removeReplica(RANGE, 3);
    fleet.settle();
    fleet.put(RANGE, "a", "1");
    MapMachine leader = fleet.machine(fleet.store(1), RANGE);
    assertNotNull(leader);
    StoreId one = new StoreId(1);
    fleet
        .network()
        .filter((from, _, m) -> {
          boolean joint = leader.access().descriptor().isJoint();
          long known =
              switch (m.message()) {
                case Message.Append append -> append.committed();
                case Message.Beat beat -> beat.committed();
                default -> 0;
              };
          boolean tellsTooMuch = joint && known > leader.access().appliedIndex();
          return !(from.equals(one) && (leader.isRemoved() || tellsTooMuch));
        });
    List<ReplicaDescriptor> target = new ArrayList<>(fleet.descriptor(RANGE).replicas());
    target.removeIf(each -> each.store().equals(one));
    long generation = fleet.descriptor(RANGE).generation();
    fleet.store(1).store().changeMembership(RANGE, generation, target, _ -> {});
    return fleet;
  }

  /// Trap 12.
  @Test
  void aStoreThatComesBackAfterItsReplicasWereReplacedGetsTheNewOnes() {
    SimFleet fleet = SimFleet.ofThree(27, 4);
    fleet.transfer(RANGE, 1);
    fleet.put(RANGE, "a", "1");
    fleet.store(3).crash();
    fleet.removeReplica(RANGE, 3);
    fleet.addReplica(RANGE, 4, 4);
    fleet.put(RANGE, "b", "2");
    change(fleet, new ReplicaDescriptor(new PeerId(30), new StoreId(3), ReplicaKind.LEARNER));
    fleet.store(3).start();
    fleet.addReplica(RANGE, 3, 30);
    fleet.settle();
    fleet.store(1).crash();
    assertEquals("1", fleet.get(RANGE, "a"));
    assertEquals("2", fleet.get(RANGE, "b"));
    assertEquals(1, fleet.store(3).state().load().size());
  }

  /// A replica is destroyed in steps; a restart goes on with whichever was the next.
  @Test
  void aRestartInTheMiddleOfARemovalFinishesIt() {
    for (int i = 0; i < 12; i++) {
      SimFleet fleet = SimFleet.ofThree(30 + i, 3);
      fleet.transfer(RANGE, 1);
      fleet.fill(RANGE, "a", 5, 100);
      SimStore store = fleet.store(3);
      List<ReplicaDescriptor> target = new ArrayList<>(fleet.descriptor(RANGE).replicas());
      target.removeIf(each -> each.store().equals(store.id()));
      long generation = fleet.descriptor(RANGE).generation();
      fleet.store(1).store().changeMembership(RANGE, generation, target, _ -> {});
      fleet.run((2 + i) * SimFleet.MILLI);
      store.crash();
      fleet.run(300 * SimFleet.MILLI);
      store.start();
      fleet.runUntil(
          "the change", 10 * SimFleet.SECOND, () -> fleet.descriptor(RANGE).replicas().size() == 2);
      fleet.runUntil(
          "the rest of the replica to go",
          20 * SimFleet.SECOND,
          () -> {
            store.store().replicaGone(RANGE, new PeerId(3), fleet.descriptor(RANGE).generation());
            return store.state().load().isEmpty() && fleet.machine(store, RANGE) == null;
          });
      fleet.settle();
      assertNotNull(fleet.get(RANGE, "a4"));
    }
  }

  private static AdminOutcome changeOnce(SimFleet fleet, List<ReplicaDescriptor> target) {
    AtomicReference<AdminOutcome> outcome = new AtomicReference<>();
    long generation = fleet.descriptor(RANGE).generation();
    fleet.awaitLeader(RANGE).store().changeMembership(RANGE, generation, target, outcome::set);
    fleet.runUntil("an answer", 10 * SimFleet.SECOND, () -> outcome.get() != null);
    return outcome.get();
  }

  private static void change(SimFleet fleet, ReplicaDescriptor more) {
    fleet.admin(
        RANGE,
        (leader, onDone) -> {
          RangeDescriptor now = fleet.descriptor(RANGE);
          List<ReplicaDescriptor> target = new ArrayList<>(now.replicas());
          target.add(more);
          leader.store().changeMembership(RANGE, now.generation(), target, onDone);
        });
  }

  private static boolean elected(SimFleet fleet, SimStore store) {
    return !fleet.events(StoreEvent.RoleChanged.class).isEmpty()
        && fleet.events(StoreEvent.RoleChanged.class).stream()
            .filter(each -> each.role() == io.flotilla.raft.RoleKind.LEADER)
            .toList()
            .getLast()
            .store()
            .equals(store.id());
  }

  private static long created(SimFleet fleet, SimStore store) {
    return fleet.events(StoreEvent.ReplicaCreated.class).stream()
        .filter(each -> each.store().equals(store.id()))
        .count();
  }
}
