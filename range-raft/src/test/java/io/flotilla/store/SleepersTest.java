package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaList;
import io.flotilla.sim.MapMachine;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.DiskStage;
import io.flotilla.store.liveness.LivenessOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What wakes many ranges at once, and in which order.
final class SleepersTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;
  private static final int RANGES = 80;

  /// One wake in a tick: a store that comes back has all ranges asked again, which takes a second
  /// and more; one that dies meanwhile must not wait for that.
  @Test
  void aDeathIsNoticedBeforeRoutineIsDone() {
    SimFleet fleet = asleep(21, RANGES, 1);
    SimStore dying = fleet.store(1);
    for (RangeId range : fleet.descriptors().keySet()) {
      if (isOfDying(range) != (fleet.leader(range) == dying)) {
        fleet.transfer(range, isOfDying(range) ? 1 : 2);
      }
    }
    fleet.run(8 * SimFleet.SECOND);
    fleet.store(3).crash();
    fleet.run(2 * SimFleet.SECOND);
    fleet.store(3).start();
    fleet.run(60 * SimFleet.MILLI);
    assertEquals(0, ledElsewhere(fleet, dying));

    fleet.network().isolate(dying.id());

    fleet.run(700 * SimFleet.MILLI);
    assertTrue(ledElsewhere(fleet, dying) > 5, "led elsewhere: " + ledElsewhere(fleet, dying));
    fleet.runUntil(
        "all leaders", 5 * SimFleet.SECOND, () -> ledElsewhere(fleet, dying) == RANGES / 4);
  }

  /// Questions arrive and answers do not: the promise goes on, and the leaders do not know.
  @Test
  void supportThatComesBackAtTheSameEpochWakesNobody() {
    SimFleet fleet = asleep(24, RANGES, 10);
    SimStore leader = ledBy(fleet, 1);
    fleet.network().cut(fleet.store(2).id(), leader.id());
    fleet.network().cut(fleet.store(3).id(), leader.id());
    fleet.run(800 * SimFleet.MILLI);
    assertFalse(fleet.machine(leader, RANGE).access().leaseHolds(), "nobody counts on it");
    fleet.network().healAll();

    Set<RangeId> woken = awakeWithin(fleet, 3 * SimFleet.SECOND);

    assertEquals(Set.of(), woken);
    fleet
        .events(StoreEvent.SupportWithdrawn.class)
        .forEach(each -> assertEquals(leader.id(), each.store(), "the others keep theirs"));
    assertTrue(fleet.machine(leader, RANGE).access().leaseHolds(), "at the same epoch");
  }

  @Test
  void supportThatStaysAwayWakesAllWithinTheBudget() {
    SimFleet fleet = asleep(25, RANGES, 10);
    SimStore leader = ledBy(fleet, 1);
    fleet.network().cut(fleet.store(2).id(), leader.id());
    fleet.network().cut(fleet.store(3).id(), leader.id());
    assertEquals(Set.of(), awakeWithin(fleet, SimFleet.SECOND));

    Set<RangeId> woken = awakeWithin(fleet, 500 * SimFleet.MILLI);

    assertEquals(RANGES, woken.size());
  }

  /// The followers' stores withdraw, but before they have woken a tenth of what the store leads it
  /// is back: it leads the rest on as before.
  @Test
  void aStoreThatWasHeldUpForAMomentKeepsMostOfWhatItLeads() {
    SimFleet fleet = asleep(26, RANGES, 1);
    SimStore leader = ledBy(fleet, 1);
    leader.pause(400 * SimFleet.MILLI);

    Set<RangeId> woken = awakeWithin(fleet, 8 * SimFleet.SECOND);

    assertEquals(2, fleet.events(StoreEvent.SupportWithdrawn.class).size());
    assertTrue(!woken.isEmpty() && woken.size() < RANGES / 4, "woken: " + woken);
    assertEquals(0, awakeWithin(fleet, SimFleet.SECOND).size());
    for (RangeId range : fleet.descriptors().keySet()) {
      assertTrue(woken.contains(range) || fleet.leader(range) == leader, "leads on: " + range);
    }
  }

  /// It is back, but what it says about its ranges is lost: nobody sleeps under it for ever.
  @Test
  void whomAStoreThatIsBackDoesNotAskWakesAfterAll() {
    SimFleet fleet = asleep(27, RANGES, 1);
    SimStore leader = ledBy(fleet, 1);
    leader.pause(400 * SimFleet.MILLI);
    Set<RangeId> woken = awakeWithin(fleet, 400 * SimFleet.MILLI);
    assertTrue(woken.size() < RANGES / 4, "woken: " + woken);
    StoreLoop loop = leader.store().core().loops().getFirst();
    List<RangeReplica> gone = new ArrayList<>(loop.replicas().all());
    loop.post(() -> gone.forEach(loop.sleepers()::drop));

    woken.addAll(awakeWithin(fleet, 10 * SimFleet.SECOND));

    assertEquals(RANGES, woken.size());
  }

  @Test
  void aReplicaThatIsFoundLateWakesTooIfNobodySpeaksToIt() {
    SimFleet fleet = asleep(22, 1, 10);
    SimStore store = fleet.leader(RANGE) == fleet.store(3) ? fleet.store(2) : fleet.store(3);
    StoreLoop loop = store.store().core().loops().getFirst();
    RangeReplica replica = loop.replicas().get(RANGE);

    loop.post(() -> {
      replica.beginDormant();
      loop.sleepers().add(replica);
    });

    fleet.run(1_100 * SimFleet.MILLI);
    assertTrue(replica.slumber().isDormant(), "somebody else may lead it again");
    fleet.run(300 * SimFleet.MILLI);
    assertFalse(replica.slumber().isDormant());
  }

  /// What a store led that is gone is spread over those who are left, and nobody contends.
  @Test
  void ofEachRangeOneVoterCampaigns() {
    SimFleet fleet = asleep(29, RANGES, 10);
    SimStore dying = ledBy(fleet, 1);
    int before = fleet.events().size();
    dying.crash();

    fleet.runUntil(
        "all leaders", 2 * SimFleet.SECOND, () -> led(fleet, 2) + led(fleet, 3) == RANGES);

    assertTrue(led(fleet, 2) > RANGES / 4, "led by 2: " + led(fleet, 2));
    assertTrue(led(fleet, 3) > RANGES / 4, "led by 3: " + led(fleet, 3));
    assertEquals(RANGES, campaigns(fleet, before), "one for each range");
  }

  /// Nobody asks for anything; still each range has its leader of before, without contest.
  @Test
  void afterAStartOfAllWhoLedLeadsAgain() {
    SimFleet fleet = asleep(30, RANGES, 10);
    ledBy(fleet, 1);
    fleet.stores().forEach(SimStore::crash);
    int before = fleet.events().size();
    fleet.stores().forEach(SimStore::start);

    fleet.runUntil("all leaders", 4 * SimFleet.SECOND, () -> led(fleet, 1) == RANGES);
    fleet.run(2 * SimFleet.SECOND);

    assertEquals(RANGES, campaigns(fleet, before), "one for each range");
    assertEquals(Set.of(), awakeWithin(fleet, SimFleet.SECOND));
  }

  /// While a store is away others come to lead what it led, which is one entry in each range. It
  /// gets that as an entry, however long nothing else was written.
  @Test
  void aStoreThatMissedOnlyElectionsNeedsNoSnapshots() {
    SimFleet fleet = asleep(32, RANGES, 10);
    SimStore away = ledBy(fleet, 1);
    int before = fleet.events(StoreEvent.SnapshotSent.class).size();
    away.crash();
    fleet.run(60 * SimFleet.SECOND);
    away.start();

    fleet.run(10 * SimFleet.SECOND);

    assertEquals(before, fleet.events(StoreEvent.SnapshotSent.class).size());
    assertEquals(Set.of(), awakeWithin(fleet, SimFleet.SECOND));
  }

  /// Whoever is asked for a range does not wait until it is its turn.
  @Test
  void aRangeThatIsWantedGetsItsLeaderFirst() {
    SimFleet fleet = asleep(31, RANGES, 1);
    SimStore dying = ledBy(fleet, 1);
    dying.crash();
    fleet.run(360 * SimFleet.MILLI);
    RangeId wanted =
        fleet.descriptors().keySet().stream()
            .filter(each -> fleet.leader(each) == null)
            .findFirst()
            .orElseThrow();

    for (SimStore store : List.of(fleet.store(2), fleet.store(3))) {
      MapMachine.MapRequest read =
          new MapMachine.MapRequest.Get(SimFleet.key(keyIn(wanted)), (_, _) -> {}, _ -> {});
      store.store().serve(wanted, read);
    }

    fleet.runUntil("a leader", 100 * SimFleet.MILLI, () -> fleet.leader(wanted) != null);
    assertTrue(led(fleet, 2) + led(fleet, 3) < RANGES / 2, "others wait for their turn");
  }

  /// To see whether a disk takes writes nobody writes to one that has no room at all.
  @Test
  void anExhaustedDiskIsNotProbed() {
    SimFleet fleet = asleep(23, 1, 10);
    SimStore store = fleet.store(2);
    store.room().set(DiskStage.EXHAUSTED);
    store.log().failNextWrite(SimLogStorage.Fault.LOST);
    fleet.run(5 * SimFleet.SECOND);
    assertEquals(List.of(), fleet.events(StoreEvent.StoreFailed.class));

    store.room().set(DiskStage.FULL);
    fleet.expectFailures();
    fleet.run(5 * SimFleet.SECOND);
    assertEquals(1, fleet.events(StoreEvent.StoreFailed.class).size(), "the disk does fail");
  }

  /// With very many ranges awake every tick is late; were that to keep them awake, they would be so
  /// for ever.
  @Test
  void rangesFallAsleepAlsoWhereEveryTickIsLate() {
    SimFleet fleet = asleep(28, 10, 10);
    SimStore leader = ledBy(fleet, 1);
    for (RangeId range : fleet.descriptors().keySet()) {
      fleet.put(range, keyIn(range), "v");
    }
    assertEquals(10, awakeWithin(fleet, 10 * SimFleet.MILLI).size());
    for (int i = 0; i < 60; i++) {
      leader.pause(110 * SimFleet.MILLI);
      fleet.run(111 * SimFleet.MILLI);
    }
    assertEquals(Set.of(), awakeWithin(fleet, 10 * SimFleet.MILLI));
    assertTrue(fleet.events(StoreEvent.PauseNoticed.class).size() > 50, "all of them were late");
  }

  /// One store leads all ranges, which sleep.
  private static SimStore ledBy(SimFleet fleet, int number) {
    for (RangeId range : fleet.descriptors().keySet()) {
      if (fleet.leader(range) != fleet.store(number)) {
        fleet.transfer(range, number);
      }
    }
    fleet.run(4 * SimFleet.SECOND);
    assertEquals(Set.of(), awakeWithin(fleet, SimFleet.SECOND));
    return fleet.store(number);
  }

  /// Ranges of which a replica was awake at any time of it.
  private static Set<RangeId> awakeWithin(SimFleet fleet, long nanos) {
    Set<RangeId> awake = new TreeSet<>();
    for (long run = 0; run < nanos; run += 10 * SimFleet.MILLI) {
      fleet.run(10 * SimFleet.MILLI);
      for (SimStore store : fleet.stores()) {
        ReplicaList list = store.store().core().loops().getFirst().sleepers().awake();
        for (int i = 0; i < list.size(); i++) {
          awake.add(list.get(i).id());
        }
      }
    }
    return awake;
  }

  private static String keyIn(RangeId range) {
    return range.equals(RANGE) ? "k10" : "k" + (range.value() + 1);
  }

  private static int led(SimFleet fleet, int store) {
    int count = 0;
    for (RangeId range : fleet.descriptors().keySet()) {
      count += fleet.leader(range) == fleet.store(store) ? 1 : 0;
    }
    return count;
  }

  /// Since the event number `before`.
  private static long campaigns(SimFleet fleet, int before) {
    return fleet.events().stream()
        .skip(before)
        .filter(each ->
            each instanceof StoreEvent.RoleChanged role && role.role() == RoleKind.PRE_CANDIDATE)
        .count();
  }

  private static boolean isOfDying(RangeId range) {
    return range.value() % 4 == 0;
  }

  private static int ledElsewhere(SimFleet fleet, SimStore dying) {
    int count = 0;
    for (RangeId range : fleet.descriptors().keySet()) {
      SimStore leader = fleet.leader(range);
      count += isOfDying(range) && leader != null && leader != dying ? 1 : 0;
    }
    return count;
  }

  /// Three stores and so many ranges, all idle for long enough.
  private static SimFleet asleep(long seed, int ranges, int wakesPerTick) {
    LivenessOptions liveness =
        new LivenessOptions(
            true, 300 * SimFleet.MILLI, 3, 10, wakesPerTick, 20, 30, 200, SimFleet.SECOND, 100);
    SimFleet fleet = new SimFleet(seed, SimFleet.smallOptions().withLiveness(liveness));
    for (int i = 1; i <= 3; i++) {
      fleet.add(i);
    }
    fleet.store(2).start();
    fleet.store(3).start();
    fleet.bootstrap();
    fleet.addReplica(RANGE, 2, 2);
    fleet.addReplica(RANGE, 3, 3);
    RangeId last = RANGE;
    for (int i = 1; i < ranges; i++) {
      fleet.split(last, 99L + i, 1_000L + 10L * i, "k" + (100 + i));
      last = new RangeId(99L + i);
    }
    fleet.put(RANGE, "k10", "v");
    fleet.run(4 * SimFleet.SECOND);
    return fleet;
  }
}
