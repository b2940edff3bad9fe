package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.Message;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Done;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Refused;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Want;
import io.flotilla.spi.SnapshotStorage.Chunk;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.StoredRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// A complete snapshot that waits while what it rests on goes: its replica, its claim, or its being
/// the newest. A test offers it by hand, and holds up the loops between which it waits.
final class InstallsTest {
  private static final RangeId LEFT = RangeDescriptor.FIRST;
  private static final RangeId RIGHT = new RangeId(101);
  private static final PeerId MINE = new PeerId(77);
  private static final PeerId LATER = new PeerId(88);
  private static final PeerId SENDER = new PeerId(70);
  private static final StoreId SENDERS = new StoreId(9);
  private static final KeySpan SPAN = new KeySpan(SimFleet.key("m"), Key.EMPTY);
  private static final byte[] NO_KEYS = new byte[4];

  // The loops of the store that receives.
  private static final int OF_CLAIMS = 0;
  private static final int OF_LEFT = 1;
  private static final int OF_RIGHT = 2;

  private final SimFleet fleet = SimFleet.ofThree(71, 3);
  private final SimStore store = fleet.add(4, 3, 1000);
  private final List<SnapshotMessage> answers = new ArrayList<>();

  InstallsTest() {
    store.start();
    StoreCore core = store.store().core();
    assertEquals(core.loops().get(OF_LEFT), core.loopOf(LEFT));
    assertEquals(core.loops().get(OF_RIGHT), core.loopOf(RIGHT));
    fleet.network().attach(SENDERS, fleet.world().outside(), new Sender());
    fleet.network().filter((_, _, m) -> !m.range().equals(RIGHT));
    fleet.run(SimFleet.SECOND);
  }

  private final class Sender implements Receiver {
    @Override
    public void onMessages(StoreId from, List<RangeMessage> messages) {}

    @Override
    public void onSnapshot(StoreId from, SnapshotMessage message) {
      answers.add(message);
    }
  }

  // Given up ------------------------------------------------------------------------------------

  /// Its span is reserved, but its replica has something to write first; meanwhile the driver says
  /// that the replica is gone. The same peer comes again before the next tick: what waited for the
  /// former one has neither files nor a claim.
  @Test
  void whatWaitsForAnEmptyReplicaGoesWithIt() {
    Offer old = offerUntilWanted(1, 100, MINE);
    store.stallLoop(OF_CLAIMS, millis(10));
    send(old);
    fleet.run(millis(5));
    store.stallLoop(OF_RIGHT, millis(20));
    hear(MINE, new Message.VoteRequest(SENDER, 20, new EntryId(9, 100), false));
    fleet.run(millis(15));
    store.store().replicaGone(RIGHT, MINE, 1);
    fleet.run(millis(8));
    Offer next = offerUntilWanted(2, 110, MINE);
    fleet.run(millis(50));
    requireInstalled(next);
    requireRefusedOnce(old, "cleared away", true);
    assertEquals(
        1, fleet.events(StoreEvent.SnapshotInstalled.class).stream().filter(this::isHere).count());
  }

  /// The same with a replica that has state, and that a later one replaces; the answer about the
  /// span comes when all is cleared.
  @Test
  void whatWaitsForAReplicaWithStateGoesWithIt() {
    requireInstalled(offerUntilWanted(1, 100, MINE));
    Offer old = offerUntilWanted(2, 110, MINE);
    store.stallLoop(OF_CLAIMS, millis(60));
    send(old);
    fleet.run(millis(5));
    hear(LATER, new Message.Beat(SENDER, 31, 0, 5));
    fleet.run(millis(50));
    assertEquals(
        1,
        fleet.events(StoreEvent.ReplicaRemoved.class).stream()
            .filter(each -> each.range().equals(RIGHT))
            .count());
    requireRefusedOnce(old, "cleared away", true);
    fleet.run(millis(20));
    requireNothingHere();
    requireInstalled(offerUntilWanted(3, 120, LATER));
    requireRefusedOnce(old, "cleared away", true);
  }

  /// A split is applied here of which the right half was replaced long ago: what it left is
  /// cleared, beside the later replica, whose snapshot waits for its span.
  @Test
  void whatWaitsBesideABuriedRightHalfIsGivenUp() {
    Offer old = splitUnderLaterReplica();
    store.stallLoop(OF_CLAIMS, millis(40));
    send(old);
    fleet.run(millis(300));
    requireNothingHere();
    requireInstalled(offerUntilWanted(2, 110, MINE));
    requireRefusedOnce(old, "cleared away", true);
  }

  /// The same, but the last of the snapshot comes when that is being cleared.
  @Test
  void whatIsCompleteWhileSomethingIsClearedIsRefused() {
    Offer old = splitUnderLaterReplica();
    fleet.run(millis(40));
    send(old);
    fleet.run(millis(300));
    requireNothingHere();
    requireInstalled(offerUntilWanted(2, 110, MINE));
    requireRefusedOnce(old, "cleared away", true);
  }

  /// Returns a snapshot of the right half that is wanted. In 30 ms its range's older data begins to
  /// be cleared, which ends 200 ms later.
  private Offer splitUnderLaterReplica() {
    hear(MINE, new Message.Beat(SENDER, 21, 0, 5));
    fleet.run(millis(20));
    fleet.addReplica(LEFT, 4, 4);
    store.stallApply(SimFleet.SECOND);
    fleet.split(LEFT, RIGHT.value(), 50, "m");
    while (fleet.events(StoreEvent.RangeSplit.class).stream()
        .noneMatch(each -> each.store().equals(store.id()))) {
      assertTrue(fleet.world().step());
    }
    store.stallLoop(OF_LEFT, millis(30));
    store.stallApply(millis(230));
    Offer offer = offer(1, 100, MINE);
    store.store().onSnapshot(SENDERS, offer);
    fleet.run(millis(10));
    assertTrue(isWanted(offer), "" + answers);
    return offer;
  }

  // Claims --------------------------------------------------------------------------------------

  /// The span is reserved for a snapshot that a newer one has replaced: that one needs the claim.
  @Test
  void theClaimOfOneThatWasReplacedStaysForTheNewer() {
    Offer old = offerUntilWanted(1, 100, MINE);
    Offer next = replaceWhileItAsks(old);
    store.stallBulk(millis(40));
    fleet.run(millis(20));
    assertFalse(isFreeForOthers(), "it is being installed there");
    fleet.run(millis(100));
    requireThere(next);
    requireRefusedOnce(old, "a newer snapshot came", false);
  }

  /// Returns the newer one. Both have asked for the span, and are answered in 5 ms.
  private Offer replaceWhileItAsks(Offer old) {
    Offer next = offer(2, 110, MINE);
    store.stallLoop(OF_CLAIMS, millis(10));
    store.store().onSnapshot(SENDERS, next);
    fleet.run(millis(4));
    store.store().core().withClaims(_ -> store.stallLoop(OF_CLAIMS, millis(10)));
    send(old);
    fleet.run(millis(9));
    assertTrue(isWanted(next), "" + answers);
    send(next);
    fleet.run(millis(4));
    requireRefusedOnce(old, "a newer snapshot came", false);
    return next;
  }

  /// The replica broke before the answer: nobody needs the span.
  @Test
  void theClaimOfOneThatWasDroppedIsGivenBack() {
    fleet.expectFailures();
    Offer old = offerUntilWanted(1, 100, MINE);
    store.stallLoop(OF_CLAIMS, millis(50));
    send(old);
    fleet.run(millis(5));
    hear(MINE, new Message.Beat(SENDER, 21, 99, 5));
    fleet.run(millis(40));
    assertEquals(1, fleet.events(StoreEvent.ReplicaPoisoned.class).size());
    requireRefusedOnce(old, "the replica is gone", false);
    fleet.run(millis(20));
    assertTrue(isFreeForOthers());
    requireRefusedOnce(old, "the replica is gone", false);
  }

  /// It broke after the answer, while the snapshot waited for what it was writing.
  @Test
  void theClaimOfOneThatWaitedForABrokenReplicaIsGivenBack() {
    fleet.expectFailures();
    Offer old = offerUntilWanted(1, 100, MINE);
    store.stallLoop(OF_CLAIMS, millis(10));
    send(old);
    fleet.run(millis(5));
    store.stallLoop(OF_RIGHT, millis(20));
    hear(MINE, new Message.VoteRequest(SENDER, 20, new EntryId(9, 100), false));
    fleet.run(millis(10));
    assertFalse(isFreeForOthers(), "it is to be installed there");
    hear(MINE, new Message.Beat(SENDER, 21, 99, 5));
    fleet.run(millis(100));
    assertEquals(1, fleet.events(StoreEvent.ReplicaPoisoned.class).size());
    requireRefusedOnce(old, "the replica is gone", false);
    assertTrue(isFreeForOthers());
  }

  /// The answer comes while the replica is being removed: the removal gives the span back.
  @Test
  void theClaimIsNotGivenBackBeforeTheRemovalIsOver() {
    Offer old = offerUntilWanted(1, 100, MINE);
    store.stallLoop(OF_CLAIMS, millis(20));
    send(old);
    fleet.run(millis(5));
    store.stallLog(millis(100));
    store.store().replicaGone(RIGHT, MINE, 1);
    fleet.run(millis(50));
    requireRefusedOnce(old, "cleared away", true);
    assertFalse(isFreeForOthers(), "the tombstone is not written");
    fleet.run(millis(100));
    assertTrue(isFreeForOthers());
  }

  // Looking and telling -------------------------------------------------------------------------

  private void requireRefusedOnce(Offer offer, String reason, boolean retryLater) {
    List<Refused> all = new ArrayList<>();
    for (SnapshotMessage answer : answers) {
      if (answer instanceof Refused refused && refused.id().equals(offer.id())) {
        all.add(refused);
      }
    }
    assertEquals(1, all.size(), "" + answers);
    assertTrue(all.getFirst().reason().contains(reason), "" + all);
    assertEquals(retryLater, all.getFirst().retryLater(), "" + all);
  }

  private void requireInstalled(Offer offer) {
    send(offer);
    fleet.run(millis(100));
    requireThere(offer);
  }

  /// It is installed, in a span that nobody else can have.
  private void requireThere(Offer offer) {
    assertTrue(answers.contains(new Done(offer.id())), "" + answers);
    String state = "state [" + offer.manifest().applied() + "]";
    assertEquals(state + ", machine true, free false", whatIsHere());
  }

  private void requireNothingHere() {
    assertEquals("state [], machine false, free true", whatIsHere());
  }

  private String whatIsHere() {
    List<EntryId> applied = new ArrayList<>();
    for (StoredRange each : store.state().load()) {
      if (each.descriptor().id().equals(RIGHT)) {
        applied.add(each.applied());
      }
    }
    boolean hasMachine = fleet.machine(store, RIGHT) != null;
    return "state " + applied + ", machine " + hasMachine + ", free " + isFreeForOthers();
  }

  private boolean isHere(StoreEvent.SnapshotInstalled installed) {
    return installed.store().equals(store.id()) && installed.range().equals(RIGHT);
  }

  private boolean isFreeForOthers() {
    AtomicBoolean isFree = new AtomicBoolean();
    AtomicBoolean isAnswered = new AtomicBoolean();
    store
        .store()
        .core()
        .withClaims(claims -> {
          isFree.set(claims.isFree(new RangeId(7), SPAN));
          isAnswered.set(true);
        });
    fleet.run(millis(5));
    assertTrue(isAnswered.get());
    return isFree.get();
  }

  private boolean isWanted(Offer offer) {
    return answers.stream().anyMatch(each -> each instanceof Want && each.id().equals(offer.id()));
  }

  private Offer offerUntilWanted(long number, long index, PeerId to) {
    Offer offer = offer(number, index, to);
    for (int i = 0; i < 100 && !isWanted(offer); i++) {
      store.store().onSnapshot(SENDERS, offer);
      fleet.run(millis(8));
    }
    assertTrue(isWanted(offer), "" + answers);
    return offer;
  }

  private static Offer offer(long number, long index, PeerId to) {
    CRC32C crc = new CRC32C();
    crc.update(NO_KEYS);
    List<ReplicaDescriptor> replicas =
        List.of(
            new ReplicaDescriptor(SENDER, SENDERS, ReplicaKind.VOTER),
            new ReplicaDescriptor(to, new StoreId(4), ReplicaKind.VOTER));
    RangeDescriptor descriptor = new RangeDescriptor(RIGHT, SPAN, index, replicas);
    List<Chunk> chunks = List.of(new Chunk(NO_KEYS.length, (int) crc.getValue()));
    SnapshotId id = new SnapshotId(1, number);
    EntryId applied = new EntryId(30, index);
    return new Offer(new SnapshotManifest(id, descriptor, applied, chunks), 31, SENDER, to);
  }

  /// All of it.
  private void send(Offer offer) {
    store.store().onSnapshot(SENDERS, new Piece(offer.id(), 0, NO_KEYS));
  }

  private void hear(PeerId to, Message message) {
    store.store().onMessages(SENDERS, List.of(new RangeMessage(RIGHT, to, SPAN, message)));
  }

  private static long millis(long millis) {
    return millis * SimFleet.MILLI;
  }
}
