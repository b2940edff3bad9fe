package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.sim.MapMachine;
import io.flotilla.sim.MapMachine.Fault;
import io.flotilla.sim.MapMachine.MapRequest;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// A replica that breaks is set aside, says so, and hurts nobody else.
final class BrokenReplicaTest {
  private static final RangeId LEFT = RangeDescriptor.FIRST;
  private static final RangeId RIGHT = new RangeId(100);

  @Test
  void itSaysSoAndTheOthersGoOn() {
    SimFleet fleet = twoRanges(81);
    SimStore store = fleet.store(1);
    machine(fleet, LEFT).breakAt(Fault.SERVE);
    List<String> answers = new ArrayList<>();
    get(store, LEFT, answers);
    get(store, LEFT, answers);
    fleet.run(20 * SimFleet.MILLI);
    assertEquals(2, answers.size());
    assertTrue(answers.getFirst().contains("range 2 broke: planted"), "" + answers);
    assertTrue(answers.getLast().startsWith("Unavailable"), "" + answers);
    assertTrue(answers.getLast().contains("is broken on store 1: planted: SERVE; restart"));
    assertEquals(1, fleet.events(StoreEvent.ReplicaPoisoned.class).size());

    MapMachine right = machine(fleet, RIGHT);
    assertTrue(right.isLeading() && right.access().leaseHolds());
    assertEquals("2", fleet.get(RIGHT, "z"));
    fleet.runUntil("another leader", 5 * SimFleet.SECOND, () -> fleet.leader(LEFT) != null);
    fleet.put(LEFT, "a", "3");
    fleet.run(SimFleet.SECOND);
    ReplicaStatus status = status(fleet, LEFT);
    assertTrue(String.valueOf(status.broken()).contains("planted: SERVE"), "" + status);
    assertTrue(!status.serving() && !status.lease(), "" + status);
    assertTrue(status.dropped() > 10, "" + status);
    assertNull(status(fleet, RIGHT).broken());

    AtomicReference<AdminOutcome> outcome = new AtomicReference<>();
    store.store().transferLeader(LEFT, new StoreId(2), outcome::set);
    fleet.run(20 * SimFleet.MILLI);
    assertTrue(("" + outcome.get()).contains("Unavailable"), "" + outcome.get());
  }

  @Test
  void aRestartTakesItUpAgain() {
    SimFleet fleet = twoRanges(82);
    machine(fleet, LEFT).breakAt(Fault.APPLIED);
    put(fleet.store(1), LEFT, new ArrayList<>());
    fleet.runUntil("the other leader", 5 * SimFleet.SECOND, () -> isLedElsewhere(fleet));
    fleet.put(LEFT, "a", "3");
    fleet.store(1).crash();
    fleet.store(1).start();
    fleet.settle();
    fleet.transfer(LEFT, 1);
    assertEquals("3", fleet.get(LEFT, "a"));
  }

  /// Exactly one answer each, although the machine breaks again wherever it is told of the end.
  @Test
  void everybodyWhoWaitsForItIsAnsweredOnce() {
    for (Fault first : List.of(Fault.SERVE, Fault.READ, Fault.APPLIED)) {
      SimFleet fleet = twoRanges(83);
      SimStore store = fleet.store(1);
      MapMachine machine = machine(fleet, LEFT);
      fleet.network().isolate(store.id());
      fleet.runUntil("the end of the lease", SimFleet.SECOND, () -> !machine.access().leaseHolds());
      assertTrue(machine.isLeading());
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        put(store, LEFT, i % 3 == 1 ? new Breaking<>() : answers);
        get(store, LEFT, i % 3 == 2 ? new Breaking<>() : answers);
      }
      fleet.run(5 * SimFleet.MILLI);
      assertEquals(0, answers.size());
      machine.breakAt(first);
      machine.breakAt(Fault.LEADERSHIP_LOST);
      machine.breakAt(Fault.REMOVED);
      fleet.network().healAll();
      get(store, LEFT, answers);
      fleet.runUntil("all answers", 5 * SimFleet.SECOND, () -> answers.size() == 15);
      fleet.run(SimFleet.SECOND);
      assertEquals(15, answers.size(), first + ": " + answers);
      assertNotNull(status(fleet, LEFT).broken());
      assertEquals("2", fleet.get(RIGHT, "z"));
    }
  }

  /// What was refused while the leadership was lost is answered, too.
  @Test
  void aMachineThatBreaksOverTheLossOfItsLeadershipLeavesNobodyWaiting() {
    SimFleet fleet = twoRanges(84);
    SimStore store = fleet.store(1);
    machine(fleet, LEFT).breakAt(Fault.LEADERSHIP_LOST);
    fleet.network().isolate(store.id());
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      put(store, LEFT, answers);
    }
    List<ReplicaDescriptor> target = new ArrayList<>(fleet.descriptor(LEFT).replicas());
    target.removeLast();
    long generation = fleet.descriptor(LEFT).generation();
    store.store().changeMembership(LEFT, generation, target, done -> answers.add("" + done));
    fleet.runUntil("all answers", 10 * SimFleet.SECOND, () -> answers.size() == 6);
    fleet.network().healAll();
    fleet.put(LEFT, "a", "3");
    assertEquals("2", fleet.get(RIGHT, "z"));
  }

  /// They came before the leader's first entry was applied. The first of them breaks the machine.
  @Test
  void requestsThatWaitForANewLeaderAreAnsweredIfItBreaksAtOnce() {
    SimFleet fleet = twoRanges(88);
    SimStore next = fleet.store(2);
    fleet
        .network()
        .filter((from, _, m) -> !(from.equals(next.id()) && m.message() instanceof Message.Append));
    fleet.store(1).store().transferLeader(LEFT, next.id(), _ -> {});
    List<String> answers = new ArrayList<>();
    fleet.run(30 * SimFleet.MILLI);
    for (int i = 0; i < 3; i++) {
      get(next, LEFT, answers);
    }
    fleet.run(10 * SimFleet.MILLI);
    assertEquals(0, answers.size(), "they wait: " + answers);
    MapMachine machine = fleet.machine(next, LEFT);
    assertNotNull(machine);
    machine.breakAt(Fault.SERVE);
    fleet.network().healAll();
    fleet.runUntil("all answers", SimFleet.SECOND, () -> answers.size() == 3);
    assertTrue(answers.getFirst().contains("broke: planted"), "" + answers);
    assertTrue(answers.getLast().contains("is broken on store 2"), "" + answers);
  }

  @Test
  void aNewerReplicaTakesItsPlace() {
    SimFleet fleet = twoRanges(85);
    machine(fleet, LEFT).breakAt(Fault.SERVE);
    get(fleet.store(1), LEFT, new ArrayList<>());
    fleet.runUntil("the other leader", 5 * SimFleet.SECOND, () -> isLedElsewhere(fleet));
    List<ReplicaDescriptor> target = new ArrayList<>(fleet.descriptor(LEFT).replicas());
    target.removeIf(each -> each.store().equals(new StoreId(1)));
    fleet.removeReplica(LEFT, 1);
    fleet.addReplica(LEFT, 1, 60);
    fleet.settle();
    fleet.transfer(LEFT, 1);
    assertEquals("1", fleet.get(LEFT, "a"));
    assertNull(status(fleet, LEFT).broken());
  }

  @Test
  void oneThatWasRemovedElsewhereAsksAndIsDestroyed() {
    SimFleet fleet = twoRanges(86);
    machine(fleet, LEFT).breakAt(Fault.SERVE);
    get(fleet.store(1), LEFT, new ArrayList<>());
    fleet.runUntil("the other leader", 5 * SimFleet.SECOND, () -> isLedElsewhere(fleet));
    fleet.removeReplica(LEFT, 1);
    fleet.runUntil(
        "it to go",
        10 * SimFleet.SECOND,
        () -> {
          fleet.answerMissing();
          return fleet.store(1).state().load().size() == 1;
        });
    assertEquals("2", fleet.get(RIGHT, "z"));
  }

  /// The left half breaks over its new descriptor, the right one has nothing to do with it. And as
  /// long as the left one has not worked that off, it must not be destroyed: it believes that all
  /// keys are its own.
  @Test
  void aLeftHalfThatBreaksOverTheSplitDoesNotTakeTheRightHalfWithIt() {
    SimFleet fleet = SimFleet.ofThree(87, 3);
    fleet.expectFailures();
    fleet.transfer(LEFT, 1);
    fleet.put(LEFT, "a", "1");
    fleet.put(LEFT, "z", "2");
    machine(fleet, LEFT).breakAt(Fault.DESCRIPTOR);
    List<PeerId> peers = List.of(new PeerId(50), new PeerId(51), new PeerId(52));
    long generation = fleet.descriptor(LEFT).generation();
    fleet.store(1).store().split(LEFT, generation, RIGHT, peers, SimFleet.key("m"), _ -> {});
    fleet.runUntil(
        "the right half here", SimFleet.SECOND, () -> fleet.machine(fleet.store(1), RIGHT) != null);
    assertEquals("2", fleet.get(RIGHT, "z"));
    fleet.runUntil("the other leader", 5 * SimFleet.SECOND, () -> isLedElsewhere(fleet));
    fleet.removeReplica(LEFT, 1);
    for (int i = 0; i < 30; i++) {
      fleet.answerMissing();
      fleet.run(100 * SimFleet.MILLI);
    }
    assertNotNull(status(fleet, LEFT).broken());
    fleet.store(1).crash();
    fleet.store(1).start();
    fleet.settle();
    fleet.transfer(RIGHT, 1);
    assertEquals("2", fleet.get(RIGHT, "z"));
    assertEquals(1, fleet.store(1).state().load().size());
  }

  /// Somebody who breaks over the answer.
  private static final class Breaking<T> extends ArrayList<T> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean add(T answer) {
      throw new IllegalStateException("planted: over " + answer);
    }
  }

  private static SimFleet twoRanges(long seed) {
    SimFleet fleet = SimFleet.ofThree(seed, 3);
    fleet.expectFailures();
    fleet.transfer(LEFT, 1);
    fleet.put(LEFT, "a", "1");
    fleet.put(LEFT, "z", "2");
    fleet.split(LEFT, 100, 50, "m");
    fleet.settle();
    fleet.run(SimFleet.SECOND);
    assertEquals(fleet.store(1), fleet.leader(LEFT));
    assertEquals(fleet.store(1), fleet.leader(RIGHT));
    return fleet;
  }

  private static boolean isLedElsewhere(SimFleet fleet) {
    SimStore leader = fleet.leader(LEFT);
    return leader != null && leader != fleet.store(1);
  }

  private static MapMachine machine(SimFleet fleet, RangeId range) {
    MapMachine machine = fleet.machine(fleet.store(1), range);
    if (machine == null) {
      throw new AssertionError("store 1 has no range " + range);
    }
    return machine;
  }

  private static ReplicaStatus status(SimFleet fleet, RangeId range) {
    List<ReplicaStatus> all = new ArrayList<>();
    fleet.store(1).store().listReplicas(all::addAll);
    fleet.runUntil("a list", SimFleet.SECOND, () -> !all.isEmpty());
    return all.stream().filter(each -> each.range().equals(range)).findFirst().orElseThrow();
  }

  private static void get(SimStore store, RangeId range, List<String> answers) {
    MapRequest request =
        new MapRequest.Get(
            SimFleet.key("a"),
            (value, _) -> answers.add("value " + new String(value)),
            refusal -> answers.add("" + refusal));
    store.store().serve(range, request);
  }

  private static void put(SimStore store, RangeId range, List<String> answers) {
    MapRequest request =
        new MapRequest.Put(
            SimFleet.key("a"),
            new byte[] {'1'},
            outcome -> answers.add("" + outcome),
            refusal -> answers.add("" + refusal));
    store.store().serve(range, request);
  }
}
