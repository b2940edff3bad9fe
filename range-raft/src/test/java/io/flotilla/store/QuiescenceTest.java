package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Message;
import io.flotilla.raft.RaftOptions;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.sim.MapMachine;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Ranges that nobody uses fall asleep, answer reads all the same, and wake when they are needed.
final class QuiescenceTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;
  private static final long ELECTION = 400 * SimFleet.MILLI;
  private static final long PROMISE = 300 * SimFleet.MILLI;

  @Test
  void anIdleRangeFallsAsleepOnAllItsStores() {
    SimFleet fleet = asleep(1, 1);

    long before = fleet.network().delivered();
    fleet.run(3 * SimFleet.SECOND);

    long beats = fleet.network().delivered() - before;
    assertTrue(beats < 3 * 2 * 60, "only stores beat, not ranges: " + beats);
    assertEquals(3, asleepReplicas(fleet, RANGE));
  }

  @Test
  void theLeaseOfASleepingLeaderHoldsForeverAndReadsWakeNobody() {
    SimFleet fleet = asleep(2, 1);
    SimStore leader = fleet.awaitLeader(RANGE);
    MapMachine machine = machine(fleet, leader);
    long leased = machine.leasedReads();

    for (int i = 0; i < 100; i++) {
      fleet.run(37 * SimFleet.MILLI);
      assertTrue(machine.access().leaseHolds(), "at any moment");
      assertEquals("v", fleet.get(RANGE, "k10"));
    }

    assertEquals(leased + 100, machine.leasedReads());
    assertEquals(3, asleepReplicas(fleet, RANGE));
  }

  @Test
  void aWriteWakesItsOwnRangeAlone() {
    SimFleet fleet = asleep(3, 4);
    List<RangeId> ranges = new ArrayList<>(fleet.descriptors().keySet());

    fleet.put(ranges.get(2), keyIn(fleet, ranges.get(2)), "w");

    for (RangeId range : ranges) {
      assertEquals(range.equals(ranges.get(2)) ? 0 : 3, asleepReplicas(fleet, range), "" + range);
    }
    fleet.run(2 * SimFleet.SECOND);
    assertEquals(3, asleepReplicas(fleet, ranges.get(2)));
  }

  /// No lease gap when a sleeping leader wakes: what the stores promised carries over.
  @Test
  void theLeaseHoldsThroughWakingAndFallingAsleep() {
    SimFleet fleet = asleep(4, 1);
    SimStore leader = fleet.awaitLeader(RANGE);
    MapMachine machine = machine(fleet, leader);
    for (int i = 0; i < 20; i++) {
      fleet.put(RANGE, "k10", "v" + i);
      for (int j = 0; j < 1_000; j++) {
        fleet.run(SimFleet.MILLI);
        assertTrue(machine.access().leaseHolds(), "no gap");
      }
    }
  }

  @Test
  void aDeadStoresRangesWakeOnTheEventAndHaveLeadersSoon() {
    SimFleet fleet = asleep(5, 12);
    SimStore dead = fleet.awaitLeader(RANGE);
    List<RangeId> led = new ArrayList<>();
    for (RangeId range : fleet.descriptors().keySet()) {
      if (fleet.leader(range) == dead) {
        led.add(range);
      }
    }
    assertTrue(led.size() > 5, "most are led by one store: " + led);

    dead.crash();
    fleet.runUntil(
        "leaders for all of them",
        PROMISE + 3 * ELECTION,
        () -> led.stream().allMatch(range -> fleet.leader(range) != null));

    fleet.run(3 * SimFleet.SECOND);
    for (RangeId range : led) {
      assertEquals(2, asleepReplicas(fleet, range), "a dead replica keeps nobody awake: " + range);
    }
  }

  @Test
  void aStoreThatComesBackIsTakenUpWithoutElections() {
    SimFleet fleet = asleep(6, 6);
    SimStore back = fleet.stores().stream().filter(s -> s != fleet.leader(RANGE)).findFirst().get();
    List<String> terms = terms(fleet, back);
    back.crash();
    fleet.run(2 * SimFleet.SECOND);
    back.start();
    fleet.run(4 * SimFleet.SECOND);

    assertEquals(terms, terms(fleet, back));
    for (RangeId range : fleet.descriptors().keySet()) {
      assertEquals(3, asleepReplicas(fleet, range), "" + range);
    }
  }

  /// It beats no more while it asks, so it must not ask for longer than it may go unheard. The
  /// times are a node's own, and shorter ones.
  @ParameterizedTest
  @CsvSource({"8, 2", "6, 2", "5, 1"})
  void aLeaderWhoseQuestionsAreLostLeadsOn(int electionTicks, int beatTicks) {
    StoreOptions small = SimFleet.smallOptions();
    RaftOptions raft =
        new RaftOptions(
            electionTicks, beatTicks, 17, 16, 64 << 10, 16 << 10, 256 << 10, 64 << 10, 4 << 10);
    SimFleet fleet = SimFleet.ofThree(17, 3, small.withReplica(small.replica().withRaft(raft)));
    SimStore leader = fleet.awaitLeader(RANGE);
    fleet.network().filter((_, _, m) -> !(m.message() instanceof Message.QuiesceOffer));
    int before = fleet.events(StoreEvent.RoleChanged.class).size();
    fleet.put(RANGE, "k10", "v");

    fleet.run(20 * SimFleet.SECOND);

    assertEquals(before, fleet.events(StoreEvent.RoleChanged.class).size());
    assertEquals(leader, fleet.leader(RANGE));
    assertEquals(0, asleepReplicas(fleet, RANGE));
    fleet.network().healAll();
    fleet.run(2 * SimFleet.SECOND);
    assertEquals(3, asleepReplicas(fleet, RANGE));
  }

  /// What the leader knew of its followers when it fell asleep says nothing of them now: to end its
  /// lease for one that is gone would cost an election timeout.
  @Test
  void aSleepingLeaderDoesNotHandOverToAStoreThatIsGone() {
    doesNotHandOverTo(SimStore::crash, 8);
  }

  /// It answers beats, but could not vote for itself.
  @Test
  void aSleepingLeaderDoesNotHandOverToAStoreWhoseDiskStalls() {
    doesNotHandOverTo(store -> store.stallLog(20 * SimFleet.SECOND), 9);
  }

  private static void doesNotHandOverTo(Consumer<SimStore> trouble, long seed) {
    SimFleet fleet = asleep(seed, 1);
    SimStore leader = fleet.awaitLeader(RANGE);
    SimStore heir = fleet.stores().stream().filter(s -> s != leader).findFirst().get();
    trouble.accept(heir);
    fleet.run(6 * SimFleet.SECOND);
    MapMachine machine = machine(fleet, leader);
    AtomicReference<AdminOutcome> answer = new AtomicReference<>();

    leader.store().transferLeader(RANGE, heir.id(), answer::set);

    for (int i = 0; i < 2_000; i++) {
      fleet.run(SimFleet.MILLI);
      assertTrue(machine.access().leaseHolds(), "no gap");
    }
    assertTrue(String.valueOf(answer.get()).contains("is silent, or its disk"), answer::toString);
  }

  @Test
  void aReplicaThatMissedWritesIsCaughtUpWhenItsStoreIsBack() {
    SimFleet fleet = asleep(7, 3);
    SimStore back = fleet.stores().stream().filter(s -> s != fleet.leader(RANGE)).findFirst().get();
    back.crash();
    fleet.put(RANGE, "k10", "later");
    fleet.run(3 * SimFleet.SECOND);
    assertEquals(2, asleepReplicas(fleet, RANGE));
    back.start();
    fleet.run(4 * SimFleet.SECOND);

    assertEquals(3, asleepReplicas(fleet, RANGE));
    long applied = machine(fleet, fleet.awaitLeader(RANGE)).access().appliedIndex();
    assertEquals(applied, machine(fleet, back).access().appliedIndex());
  }

  @Test
  void aFleetThatStartsAnewWakesByItself() {
    SimFleet fleet = asleep(8, 6);
    List<RangeId> ranges = new ArrayList<>(fleet.descriptors().keySet());
    fleet.stores().forEach(SimStore::crash);
    fleet.stores().forEach(SimStore::start);
    fleet.runUntil(
        "leaders for all ranges",
        10 * SimFleet.SECOND,
        () -> ranges.stream().allMatch(range -> fleet.leader(range) != null));
    fleet.run(3 * SimFleet.SECOND);
    for (RangeId range : ranges) {
      assertEquals(3, asleepReplicas(fleet, range), "" + range);
    }
  }

  @Test
  void aPausedLeaderHasNoLeaseWhenItComesBack() {
    SimFleet fleet = asleep(9, 3);
    SimStore paused = fleet.awaitLeader(RANGE);
    MapMachine machine = machine(fleet, paused);
    for (boolean frozen : new boolean[] {false, true}) {
      if (frozen) {
        paused.suspend(1_500 * SimFleet.MILLI);
      } else {
        paused.pause(1_500 * SimFleet.MILLI);
      }
      fleet.runUntil(
          "another leader",
          3 * SimFleet.SECOND,
          () -> {
            SimStore other = otherLeader(fleet, paused);
            return other != null && machine(fleet, other).access().leaseHolds();
          });
      assertFalse(machine.isLeading() && machine.access().leaseHolds(), "frozen: " + frozen);
      fleet.run(3 * SimFleet.SECOND);
      fleet.transfer(RANGE, paused.id().value());
      fleet.run(3 * SimFleet.SECOND);
      assertEquals(3, asleepReplicas(fleet, RANGE), "frozen: " + frozen);
    }
  }

  @Test
  void aStoreWhoseDiskStallsHandsItsLeadershipsAway() {
    SimFleet fleet = asleep(10, 4);
    SimStore slow = fleet.awaitLeader(RANGE);
    slow.stallLog(20 * SimFleet.SECOND);
    fleet.runUntil(
        "leaders elsewhere",
        8 * SimFleet.SECOND,
        () ->
            fleet.descriptors().keySet().stream()
                .allMatch(range -> fleet.leader(range) != null && fleet.leader(range) != slow));
    assertEquals(1, fleet.events(StoreEvent.LogStalled.class).size());
    fleet.put(RANGE, "k10", "elsewhere");
  }

  /// One direction is enough to lose support, and what is lost is asked for again at a new epoch.
  @Test
  void aOneWayCutEndsSupportAndHealsAtANewEpoch() {
    SimFleet fleet = asleep(11, 2);
    SimStore leader = fleet.awaitLeader(RANGE);
    SimStore other = fleet.stores().stream().filter(s -> s != leader).findFirst().get();
    fleet.network().cut(leader.id(), other.id());
    fleet.run(2 * SimFleet.SECOND);
    assertFalse(fleet.events(StoreEvent.SupportWithdrawn.class).isEmpty());
    assertNotNull(fleet.leader(RANGE));
    fleet.network().healAll();
    fleet.run(4 * SimFleet.SECOND);
    for (RangeId range : fleet.descriptors().keySet()) {
      assertEquals(3, asleepReplicas(fleet, range), "" + range);
    }
    fleet.put(RANGE, "k10", "healed");
  }

  /// The lease of before the sleep must not outlive a pause that only replicas awake hear of.
  @Test
  void aLeaderThatIsSuspendedJustAfterFallingAsleepHasNoLeaseWhenItComesBack() {
    SimFleet fleet = asleep(12, 1);
    SimStore leader = fleet.awaitLeader(RANGE);
    fleet.put(RANGE, "k10", "w");
    fleet.runUntil("sleep", SimFleet.SECOND, () -> asleepOn(fleet, leader) > 0);
    fleet.network().isolate(leader.id());
    leader.suspend(1_500 * SimFleet.MILLI);
    fleet.run(3 * SimFleet.SECOND);
    assertNotNull(otherLeader(fleet, leader));
  }

  /// The leader's replica is gone and its word of that was lost, but its store lives on.
  @Test
  void everySleepingFollowerFindsOutThatItsLeaderIsGone() {
    for (int i = 0; i < 12; i += 3) {
      findsOut(i);
    }
  }

  /// Store beats go through, so nothing but its leader's answer can wake it.
  @Test
  void aFollowerThatIsRemovedInItsSleepFindsOut() {
    SimFleet fleet = asleep(14, 1);
    SimStore leader = fleet.awaitLeader(RANGE);
    SimStore removed = fleet.stores().stream().filter(s -> s != leader).findFirst().orElseThrow();
    fleet.network().filter((_, to, _) -> !to.equals(removed.id()));
    fleet.removeReplica(RANGE, removed.id().value());
    fleet.network().healAll();
    assertEquals(1, asleepOn(fleet, removed), "nobody told it");
    assertTrue(fleet.events(StoreEvent.SupportWithdrawn.class).isEmpty());

    fleet.runUntil(
        "the question",
        20 * SimFleet.SECOND,
        () -> !fleet.events(StoreEvent.LeaderMissing.class).isEmpty());
    fleet.answerMissing();
    fleet.runUntil("its data to go", 10 * SimFleet.SECOND, () -> removed.state().load().isEmpty());
    fleet.run(3 * SimFleet.SECOND);
    assertEquals(2, asleepReplicas(fleet, RANGE));
  }

  private static void findsOut(int number) {
    SimFleet fleet = asleep(13, 12);
    List<RangeId> ranges = new ArrayList<>(fleet.descriptors().keySet());
    for (int i = 0; i < ranges.size(); i++) {
      if (fleet.leader(ranges.get(i)) != fleet.store(1 + i % 3)) {
        fleet.transfer(ranges.get(i), 1 + i % 3);
      }
    }
    fleet.run(4 * SimFleet.SECOND);
    SimStore gone = fleet.store(1);
    RangeId range = ranges.get(number);
    RangeDescriptor was = fleet.descriptor(range);
    fleet.network().isolate(gone.id());
    gone.store().replicaGone(range, was.replicaOn(gone.id()).get().peer(), was.generation() + 1);
    fleet.run(20 * SimFleet.MILLI);
    fleet.network().healAll();
    assertTrue(fleet.events(StoreEvent.SupportWithdrawn.class).isEmpty());
    assertEquals(1, fleet.events(StoreEvent.ReplicaRemoved.class).size());
    assertEquals(2, asleepReplicas(fleet, range), "nobody heard of it");
    fleet.runUntil(
        "a leader elsewhere", 20 * SimFleet.SECOND, () -> isLedElsewhere(fleet, range, gone));
  }

  // ---------------------------------------------------------------------------------------------

  /// Three stores and so many ranges, all idle for long enough.
  private static SimFleet asleep(long seed, int ranges) {
    SimFleet fleet = SimFleet.ofThree(seed, 3);
    for (int i = 1; i < ranges; i++) {
      String at = "k" + (10 + i);
      RangeId last = new RangeId(i == 1 ? RANGE.value() : 99L + i - 1);
      fleet.split(last, 99L + i, 1_000L + 10L * i, at);
    }
    fleet.put(RANGE, "k10", "v");
    fleet.run(4 * SimFleet.SECOND);
    for (RangeId range : fleet.descriptors().keySet()) {
      assertEquals(3, asleepReplicas(fleet, range), "range " + range + " sleeps");
    }
    return fleet;
  }

  private static String keyIn(SimFleet fleet, RangeId range) {
    return new String(fleet.descriptor(range).span().start().bytes());
  }

  private static MapMachine machine(SimFleet fleet, SimStore store) {
    MapMachine machine = fleet.machine(store, RANGE);
    if (machine == null) {
      throw new AssertionError("no machine on " + store.id());
    }
    return machine;
  }

  private static SimStore otherLeader(SimFleet fleet, SimStore but) {
    for (SimStore store : fleet.stores()) {
      MapMachine machine = fleet.machine(store, RANGE);
      if (store != but && machine != null && machine.isLeading()) {
        return store;
      }
    }
    return null;
  }

  private static boolean isLedElsewhere(SimFleet fleet, RangeId range, SimStore gone) {
    SimStore leader = fleet.leader(range);
    return leader != null && leader != gone;
  }

  private static long asleepOn(SimFleet fleet, SimStore store) {
    return statuses(fleet, store).stream().filter(ReplicaStatus::asleep).count();
  }

  private static int asleepReplicas(SimFleet fleet, RangeId range) {
    int count = 0;
    for (SimStore store : fleet.stores()) {
      for (ReplicaStatus each : statuses(fleet, store)) {
        count += each.range().equals(range) && each.asleep() ? 1 : 0;
      }
    }
    return count;
  }

  private static List<String> terms(SimFleet fleet, SimStore store) {
    List<String> terms = new ArrayList<>();
    for (ReplicaStatus each : statuses(fleet, store)) {
      assertEquals(RoleKind.FOLLOWER, each.role());
      terms.add(each.range() + " " + each.term());
    }
    terms.sort(null);
    return terms;
  }

  private static List<ReplicaStatus> statuses(SimFleet fleet, SimStore store) {
    List<ReplicaStatus> all = new ArrayList<>();
    if (store.isUp()) {
      store.store().listReplicas(all::addAll);
      fleet.world().runFor(2 * SimFleet.MILLI);
    }
    return all;
  }
}
