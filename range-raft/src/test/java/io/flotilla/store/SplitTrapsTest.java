package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.HardState;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.split.SplitPlan;
import io.flotilla.sim.MapMachine.MapRequest;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.RangeUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// DESIGN section 6, the traps around splits.
final class SplitTrapsTest {
  private static final RangeId LEFT = RangeDescriptor.FIRST;
  private static final RangeId RIGHT = new RangeId(100);

  @Test
  void theOldLeadersStoreLeadsTheRightHalfAtOnce() {
    SimFleet fleet = SimFleet.ofThree(11, 3);
    fleet.put(LEFT, "a", "1");
    fleet.put(LEFT, "z", "2");
    SimStore leader = fleet.awaitLeader(LEFT);
    fleet.split(LEFT, 100, 50, "m");
    long applied = fleet.world().nanos();
    assertEquals(leader, fleet.awaitLeader(RIGHT));
    long gap = (fleet.world().nanos() - applied) / SimFleet.MILLI;
    assertTrue(gap < 100, "clients saw a gap of " + gap + " ms");
    assertEquals("1", fleet.get(LEFT, "a"));
    assertEquals("2", fleet.get(RIGHT, "z"));
  }

  /// Trap 1.
  @Test
  void aMessageForAReplicaThatASplitHasNotCreatedYetDoesNotCreateIt() {
    SimFleet fleet = SimFleet.ofThree(12, 3);
    fleet.transfer(LEFT, 1);
    SimStore late = fleet.store(3);
    fleet.network().filter((_, to, m) -> !(to.equals(late.id()) && m.range().equals(LEFT)));
    fleet.split(LEFT, 100, 50, "m");
    fleet.put(RIGHT, "z", "1");
    fleet.run(2 * SimFleet.SECOND);
    assertNull(fleet.machine(late, RIGHT));
    assertTrue(created(fleet, late, RIGHT).isEmpty(), "nothing was created meanwhile");
    fleet.network().healAll();
    fleet.settle();
    assertEquals(List.of("split"), created(fleet, late, RIGHT));
    assertEquals("1", fleet.get(RIGHT, "z"));
  }

  /// Trap 2.
  @Test
  void aSnapshotThatOverlapsARangeThatHasNotSplitYetIsNotTaken() {
    SimFleet fleet = SimFleet.ofThree(13, 3);
    fleet.transfer(LEFT, 1);
    SimStore late = fleet.store(3);
    fleet.network().filter((_, to, m) -> !(to.equals(late.id()) && m.range().equals(LEFT)));
    fleet.split(LEFT, 100, 50, "m");
    fleet.fill(RIGHT, "z", 5, 100);
    SnapshotManifest manifest = fleet.store(1).snapshots().cut(RIGHT);
    PeerId to = manifest.descriptor().replicaOn(late.id()).orElseThrow().peer();
    for (int i = 0; i < 3; i++) {
      late.store().onSnapshot(new StoreId(1), new Offer(manifest, 6, new PeerId(50), to));
      fleet.run(SimFleet.SECOND);
    }
    assertNull(fleet.machine(late, RIGHT));
    assertTrue(late.snapshots().staged().isEmpty(), "nothing was staged");
    fleet.network().healAll();
    fleet.settle();
    assertNotNull(fleet.get(RIGHT, "z4"));
  }

  /// Trap 3.
  @Test
  void replayingASplitResetsNothingOfTheRightHalf() {
    for (int i = 1; i <= 3; i++) {
      SimFleet fleet = SimFleet.ofThree(14, 3);
      fleet.stores().forEach(store -> store.state().flush());
      fleet.split(LEFT, 100, 50, "m");
      fleet.put(RIGHT, "z", "1");
      fleet.transfer(RIGHT, 2);
      fleet.put(RIGHT, "z", "2");
      SimStore store = fleet.store(i);
      fleet.runUntil(
          "its log",
          SimFleet.SECOND,
          () -> store.log().load().stream().anyMatch(each -> each.range().equals(RIGHT)));
      HardState before = hardState(store);
      long lastBefore = group(store).lastIndex();
      store.crash(0);
      assertEquals(1, store.state().load().size(), "the split is lost from the state");
      fleet.network().isolate(store.id());
      store.start();
      fleet.runUntil("the replay", 10 * SimFleet.SECOND, () -> fleet.machine(store, RIGHT) != null);
      assertTrue(hardState(store).term() >= before.term(), "the term stands");
      if (hardState(store).term() == before.term()) {
        assertEquals(before.vote(), hardState(store).vote());
      }
      assertTrue(group(store).lastIndex() >= lastBefore, "the log stands");
      fleet.network().healAll();
      fleet.settle();
      assertEquals("2", fleet.get(RIGHT, "z"));
    }
  }

  /// Trap 3, of a peer that had nothing yet when it voted.
  @Test
  void aSplitResetsNothingOfARightHalfThatVotedBeforeItHadAnything() {
    SimFleet fleet = SimFleet.ofThree(19, 3);
    fleet.transfer(LEFT, 1);
    fleet.stores().forEach(store -> store.state().flush());
    SimStore store = fleet.store(3);
    fleet.network().filter((_, to, m) -> !(to.equals(store.id()) && m.range().equals(RIGHT)));
    fleet.split(LEFT, 100, 50, "m");
    fleet.runUntil("the split", SimFleet.SECOND, () -> fleet.machine(store, RIGHT) != null);
    store.crash(0);
    assertTrue(store.log().load().stream().noneMatch(each -> each.range().equals(RIGHT)));
    HardState voted = new HardState(20, new PeerId(51), 0);
    PeerId self = new PeerId(52);
    store.log().write(List.of(new GroupWrite(RIGHT, self, voted, List.of(), null, null, null)));
    store.start();
    fleet.runUntil("the replay", 10 * SimFleet.SECOND, () -> fleet.machine(store, RIGHT) != null);
    fleet.run(SimFleet.SECOND);
    assertEquals(self, group(store).peer());
    assertEquals(20, hardState(store).term());
    assertEquals(new PeerId(51), hardState(store).vote());
    fleet.network().healAll();
    fleet.settle();
    fleet.put(RIGHT, "z", "1");
  }

  /// Trap 6, and 11: of two operators that planned for the same generation one succeeds.
  @Test
  void aStaleGenerationGetsTheCurrentDescriptors() {
    SimFleet fleet = SimFleet.ofThree(15, 3);
    long generation = fleet.descriptor(LEFT).generation();
    fleet.split(LEFT, 100, 50, "m");
    fleet.awaitLeader(RIGHT);
    AtomicReference<AdminOutcome> outcome = new AtomicReference<>();
    List<PeerId> peers = List.of(new PeerId(60), new PeerId(61), new PeerId(62));
    fleet
        .awaitLeader(LEFT)
        .store()
        .split(LEFT, generation, new RangeId(101), peers, SimFleet.key("c"), outcome::set);
    fleet.runUntil("an answer", SimFleet.SECOND, () -> outcome.get() != null);
    Refusal refusal = ((AdminOutcome.Refused) outcome.get()).refusal();
    assertEquals(List.of(fleet.descriptor(LEFT)), ((Refusal.StaleRange) refusal).current());

    AtomicReference<Refusal> stale = new AtomicReference<>();
    SimStore leader = fleet.awaitLeader(LEFT);
    leader.store().serve(LEFT, new MapRequest.Get(SimFleet.key("z"), (_, _) -> {}, stale::set));
    fleet.runUntil("an answer", SimFleet.SECOND, () -> stale.get() != null);
    assertEquals(List.of(fleet.descriptor(RIGHT)), ((Refusal.StaleRange) stale.get()).current());
  }

  /// Trap 13: the right half of a split is ingested and durable at once, while the left half's
  /// split was never flushed.
  @Test
  void anIngestedRightHalfIsNeverBesideALeftHalfThatHasYetToSplit() {
    SimFleet fleet = SimFleet.ofThree(16, 3);
    fleet.transfer(LEFT, 1);
    SimStore store = fleet.store(3);
    fleet.stores().forEach(each -> each.state().flush());
    fleet.split(LEFT, 100, 50, "m");
    fleet.settle();
    fleet.put(LEFT, "a", "1");
    fleet.network().filter((_, to, m) -> !(to.equals(store.id()) && m.range().equals(RIGHT)));
    fleet.fill(RIGHT, "z", 60, 1_000);
    fleet.run(SimFleet.SECOND);
    fleet.fill(RIGHT, "y", 30, 1_000);
    fleet.network().healAll();
    fleet.runUntil(
        "a snapshot",
        30 * SimFleet.SECOND,
        () ->
            fleet.events(StoreEvent.SnapshotInstalled.class).stream()
                .anyMatch(done -> done.range().equals(RIGHT)));
    store.crash(0);
    store.start();
    fleet.settle();
    fleet.put(LEFT, "b", "2");
    assertEquals("1", fleet.get(LEFT, "a"));
    assertNotNull(fleet.get(RIGHT, "z59"));
  }

  /// The left half's log explains the right half's state until that is durable.
  @Test
  void aRemovedLeftHalfTakesNothingOfTheRightHalfWithIt() {
    SimFleet fleet = SimFleet.ofThree(18, 3);
    fleet.transfer(LEFT, 1);
    SimStore store = fleet.store(3);
    fleet.stores().forEach(each -> each.state().flush());
    fleet.split(LEFT, 100, 50, "m");
    fleet.put(RIGHT, "z", "1");
    fleet.removeReplica(LEFT, 3);
    fleet.runUntil(
        "the tombstone",
        20 * SimFleet.SECOND,
        () -> {
          fleet.answerMissing();
          return store.log().load().stream()
              .anyMatch(each -> each.range().equals(LEFT) && each.tombstone() != null);
        });
    store.crash(0);
    store.start();
    fleet.settle();
    assertNotNull(fleet.machine(store, RIGHT));
    assertEquals("1", fleet.get(RIGHT, "z"));
  }

  @Test
  void aCrashAtAnyMomentOfASplitLosesNothing() {
    for (int millis = 0; millis < 40; millis += 4) {
      SimFleet fleet = SimFleet.ofThree(17 + millis, 3);
      fleet.put(LEFT, "a", "1");
      fleet.put(LEFT, "z", "2");
      SimStore leader = fleet.awaitLeader(LEFT);
      List<PeerId> peers = List.of(new PeerId(50), new PeerId(51), new PeerId(52));
      leader
          .store()
          .split(
              LEFT, fleet.descriptor(LEFT).generation(), RIGHT, peers, SimFleet.key("m"), _ -> {});
      fleet.run(millis * SimFleet.MILLI / 4);
      leader.crash();
      fleet.run(200 * SimFleet.MILLI);
      leader.start();
      fleet.settle();
      boolean split = fleet.descriptors().containsKey(RIGHT);
      assertEquals("1", fleet.get(LEFT, "a"));
      assertEquals("2", fleet.get(split ? RIGHT : LEFT, "z"));
    }
  }

  /// Two of three stores came past the split by a snapshot of the left half: they have no replica
  /// of the right one, and without them nobody can lead it.
  @Test
  void aRightHalfThatMostStoresHaveMissedGetsALeader() {
    SimFleet fleet = new SimFleet(18, SimFleet.smallOptions());
    Key at = SimFleet.key("m");
    RangeDescriptor left = of(LEFT, new KeySpan(Key.EMPTY, at), 1);
    RangeDescriptor right = of(RIGHT, new KeySpan(at, Key.EMPTY), 50);
    for (int i = 1; i <= 3; i++) {
      SimStore store = fleet.add(i);
      apply(store, left);
      if (i == 2) {
        apply(store, right);
      }
      store.state().flush();
      store.start();
    }
    fleet.settle();
    fleet.put(RIGHT, "z", "1");
    fleet.store(2).crash();
    assertEquals("1", fleet.get(RIGHT, "z"));
  }

  private static RangeDescriptor of(RangeId range, KeySpan span, long firstPeer) {
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      PeerId peer = new PeerId(firstPeer + i);
      replicas.add(new ReplicaDescriptor(peer, new StoreId(i + 1), ReplicaKind.VOTER));
    }
    return new RangeDescriptor(range, span, 7, replicas);
  }

  private static void apply(SimStore store, RangeDescriptor range) {
    store
        .state()
        .apply(List.of(new RangeUpdate(range.id(), SplitPlan.LOG_START, range, List.of(), false)));
  }

  private static StoredGroup group(SimStore store) {
    return store.log().load().stream()
        .filter(each -> each.range().equals(RIGHT))
        .findFirst()
        .orElseThrow();
  }

  private static HardState hardState(SimStore store) {
    return group(store).hardState();
  }

  private static List<String> created(SimFleet fleet, SimStore store, RangeId range) {
    List<String> how = new ArrayList<>();
    StoreId id = store.id();
    for (StoreEvent.ReplicaCreated each : fleet.events(StoreEvent.ReplicaCreated.class)) {
      if (each.store().equals(id) && each.range().equals(range)) {
        how.add(each.how());
      }
    }
    return how;
  }
}
