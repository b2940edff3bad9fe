package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.raft.Message;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.LogStorage.Tombstone;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.store.planted.ForgottenSeeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// An empty replica that the driver does not know is forgotten, and may come again: it must not
/// have forgotten whom it voted for, nor what a leader relies on.
final class ForgottenReplicaTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;
  private static final PeerId EMPTY = new PeerId(77);
  private static final RangeId RIGHT = new RangeId(100);
  private static final PeerId ITS_PEER = new PeerId(53);
  private static final EntryId LAST = new EntryId(9, 100);

  private final SimFleet fleet = SimFleet.ofThree(61, 3);
  private final SimStore idle = fleet.add(4);
  private final List<String> votes = new ArrayList<>();

  ForgottenReplicaTest() {
    idle.start();
    fleet.network().filter(this::passes);
    fleet.run(SimFleet.SECOND);
  }

  /// Nothing to the idle store, which hears what a test tells, nor from it.
  private boolean passes(StoreId from, StoreId to, RangeMessage m) {
    boolean granted = m.message() instanceof Message.VoteReply reply && reply.granted();
    if (from.equals(idle.id()) && granted) {
      votes.add("t" + m.message().term() + " to " + m.to());
    }
    return !from.equals(idle.id()) && !to.equals(idle.id());
  }

  /// The driver's word comes late: meanwhile a leader was heard, and counts on that.
  @Test
  void whatALeaderReliesOnIsNotForgotten() {
    hear(1, new Message.Beat(new PeerId(1), 9, 0, 5));
    fleet.run(SimFleet.SECOND);
    hear(1, new Message.Beat(new PeerId(1), 9, 0, 6));
    fleet.run(10 * SimFleet.MILLI);
    idle.store().replicaGone(RANGE, EMPTY, 1);
    fleet.run(50 * SimFleet.MILLI);
    askForVote(2, 10);
    assertEquals(List.of(), votes);
    fleet.run(SimFleet.SECOND);
    idle.store().replicaGone(RANGE, EMPTY, 1);
    fleet.run(SimFleet.SECOND);
    assertEquals(0, idle.log().load().stream().filter(each -> each.peer() != null).count());
  }

  /// It voted in a term, heard of a later one, and was forgotten in that: a late request for the
  /// vote in the first one finds the term too old.
  @Test
  void nobodyVotesTwiceInATerm() {
    askForVote(1, 20);
    assertEquals(List.of("t20 to 1"), votes);
    hear(3, new Message.Beat(new PeerId(3), 21, 0, 5));
    fleet.run(SimFleet.SECOND);
    idle.store().replicaGone(RANGE, EMPTY, 1);
    fleet.run(SimFleet.SECOND);
    assertEquals(0, idle.log().load().stream().filter(each -> each.peer() != null).count());
    askForVote(2, 20);
    assertEquals(List.of("t20 to 1"), votes);
    askForVote(2, 22);
    assertEquals(List.of("t20 to 1", "t22 to 2"), votes);
  }

  /// Its last vote is in the term that it is still in: it would have no reason to come to another.
  @Test
  void oneThatVotedInItsTermIsForgottenToo() {
    askForVote(1, 20);
    assertEquals(List.of("t20 to 1"), votes);
    fleet.run(SimFleet.SECOND);
    idle.store().replicaGone(RANGE, EMPTY, 1);
    fleet.run(SimFleet.SECOND);
    assertEquals(0, idle.log().load().stream().filter(each -> each.peer() != null).count());
    startAnew();
    fleet.run(SimFleet.SECOND);
    askForVote(2, 20);
    assertEquals(List.of("t20 to 1"), votes);
    askForVote(2, 21);
    assertEquals(List.of("t20 to 1", "t21 to 2"), votes);
  }

  /// The same where the replica does not come again by a message, but by a split that this store
  /// applies after all.
  @Test
  void noRightHalfVotesTwiceInATerm() {
    forgetRightHalf();
    splitAfterAll();
    requireOneVoteInATerm();
  }

  /// The same where the store begins a new life before the split.
  @Test
  void norAfterAStart() {
    forgetRightHalf();
    startAnew();
    splitAfterAll();
    requireOneVoteInATerm();
  }

  /// The same where it begins a new life after the split, which its state has, but before the right
  /// half has written anything of its own.
  @Test
  void norWhenItIsFoundWithoutALog() {
    forgetRightHalf();
    splitAfterAll();
    idle.state().flush();
    startAnew();
    fleet.runUntil("the right half", SimFleet.SECOND, () -> fleet.machine(idle, RIGHT) != null);
    assertEquals(0, idle.log().load().stream().filter(this::isLoggedRightHalf).count());
    requireOneVoteInATerm();
  }

  /// The split comes when the empty replica is about to be forgotten: nobody else would make the
  /// right half, whose data is here, and its span must not be thought free.
  @Test
  void aSplitThatComesWhileItIsForgottenMakesItAllTheSame() {
    voteForRightHalf();
    letRangeIn();
    fleet.addReplica(RANGE, 4, 4);
    fleet.put(RANGE, "x", "kept");
    idle.stallApply(SimFleet.SECOND);
    fleet.split(RANGE, RIGHT.value(), 50, "m");
    fleet.run(100 * SimFleet.MILLI);
    idle.store().replicaGone(RIGHT, ITS_PEER, 1);
    fleet.runUntil("the right half", 3 * SimFleet.SECOND, () -> fleet.machine(idle, RIGHT) != null);
    fleet.run(SimFleet.SECOND);
    assertFalse(isFreeForOthers(fleet.descriptor(RIGHT).span()));
    askForVote(RIGHT, ITS_PEER, 51, 20);
    assertEquals(List.of("t20 to 1"), votes);
  }

  /// The store begins a new life when its state has the split, but its log knows of the right half
  /// only that it voted before that. The data is the range's, not that of an older replica.
  @Test
  void aRightHalfThatVotedBeforeItsSplitKeepsItsData() {
    voteForRightHalf();
    fleet.put(RANGE, "x", "kept");
    splitAfterAll();
    idle.state().flush();
    startAnew();
    assertEquals(1, idle.log().load().stream().filter(this::isLoggedRightHalf).count());
    fleet.run(SimFleet.SECOND);
    assertNotNull(fleet.machine(idle, RIGHT), "it has its state");
    assertEquals(2, idle.state().load().size());
    askForVote(RIGHT, ITS_PEER, 51, 20);
    assertEquals(List.of("t20 to 1"), votes);
  }

  private boolean isFreeForOthers(KeySpan span) {
    AtomicBoolean isFree = new AtomicBoolean();
    idle.store().core().withClaims(claims -> isFree.set(claims.isFree(new RangeId(7), span)));
    fleet.run(10 * SimFleet.MILLI);
    return isFree.get();
  }

  private void voteForRightHalf() {
    askForVote(RIGHT, ITS_PEER, 1, 20);
    hear(RIGHT, ITS_PEER, 3, new Message.Beat(new PeerId(3), 21, 0, 5));
    fleet.run(SimFleet.SECOND);
  }

  private void forgetRightHalf() {
    voteForRightHalf();
    idle.store().replicaGone(RIGHT, ITS_PEER, 1);
    fleet.run(SimFleet.SECOND);
    assertEquals(List.of("t20 to 1"), votes);
  }

  private void startAnew() {
    idle.crash();
    idle.start();
  }

  private void letRangeIn() {
    fleet.network().filter((from, to, m) -> !m.range().equals(RIGHT) || passes(from, to, m));
  }

  private void splitAfterAll() {
    letRangeIn();
    fleet.addReplica(RANGE, 4, 4);
    fleet.split(RANGE, RIGHT.value(), 50, "m");
    fleet.runUntil("the right half", SimFleet.SECOND, () -> fleet.machine(idle, RIGHT) != null);
  }

  private void requireOneVoteInATerm() {
    askForVote(RIGHT, ITS_PEER, 51, 20);
    assertEquals(List.of("t20 to 1"), votes);
    askForVote(RIGHT, ITS_PEER, 51, 22);
    assertEquals(1, votes.size(), "it is withheld for a while");
    fleet.run(SimFleet.SECOND);
    askForVote(RIGHT, ITS_PEER, 52, 20);
    assertEquals(List.of("t20 to 1"), votes);
    askForVote(RIGHT, ITS_PEER, 51, 23);
    assertEquals(List.of("t20 to 1", "t23 to 51"), votes);
  }

  private boolean isLoggedRightHalf(StoredGroup group) {
    return group.range().equals(RIGHT) && group.peer() != null;
  }

  /// The store still clears away what an older replica of the range left, when the driver's word
  /// comes: were it heard, the end of that would let the replica come again before the tombstone of
  /// the forgotten one is written, which would then take the vote of the new one away.
  @Test
  void nothingIsForgottenWhileSomethingOlderIsCleared() {
    fleet.network().filter((_, _, _) -> true);
    fleet.addReplica(RANGE, 4, 4);
    fleet.network().filter(this::passes);
    idle.state().flush();
    idle.crash();
    HardState voted = new HardState(20, new PeerId(1), 0);
    Tombstone older = new Tombstone(new PeerId(4), EntryId.ZERO, 0);
    idle.log().write(List.of(new GroupWrite(RANGE, null, null, List.of(), null, null, older)));
    idle.log().write(List.of(new GroupWrite(RANGE, EMPTY, voted, List.of(), null, null, null)));
    idle.start();
    hear(3, new Message.Beat(new PeerId(3), 21, 0, 5));
    idle.stallApply(2 * SimFleet.SECOND);
    fleet.run(SimFleet.SECOND);
    idle.store().replicaGone(RANGE, EMPTY, 1);
    fleet.run(990 * SimFleet.MILLI);
    for (int happening = 0; happening < 400; happening++) {
      fleet.world().step();
      hear(2, new Message.VoteRequest(new PeerId(2), 22, LAST, false));
    }
    fleet.run(SimFleet.SECOND);
    assertTrue(votes.contains("t22 to 2"), "it is here: " + votes);
    startAnew();
    fleet.run(SimFleet.SECOND);
    votes.clear();
    askForVote(3, 22);
    assertEquals(List.of(), votes);
    askForVote(3, 23);
    assertEquals(List.of("t23 to 3"), votes);
  }

  /// The power goes at each moment from the driver's word on, until all is over.
  @Test
  void whatItVotedOutlivesItsStore() {
    assertEquals("", ForgottenSeeds.firstFailure(40));
  }

  private void askForVote(long peer, long term) {
    askForVote(RANGE, EMPTY, peer, term);
  }

  private void askForVote(RangeId range, PeerId to, long peer, long term) {
    PeerId from = new PeerId(peer);
    hear(range, to, peer % 10, new Message.PreVoteRequest(from, term, LAST, EntryId.ZERO));
    fleet.run(10 * SimFleet.MILLI);
    hear(range, to, peer % 10, new Message.VoteRequest(from, term, LAST, false));
    fleet.run(50 * SimFleet.MILLI);
  }

  private void hear(long store, Message message) {
    hear(RANGE, EMPTY, store, message);
  }

  private void hear(RangeId range, PeerId to, long store, Message message) {
    RangeMessage told = new RangeMessage(range, to, KeySpan.ALL, message);
    idle.store().onMessages(new StoreId(store), List.of(told));
  }
}
