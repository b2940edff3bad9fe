package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.Message;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An empty replica that the driver does not know is forgotten, and may come again: it must not
/// have forgotten whom it voted for, nor what a leader relies on.
final class ForgottenReplicaTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;
  private static final PeerId EMPTY = new PeerId(77);
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

  /// The same where the replica does not come again by a message, but by a split that this store
  /// applies after all.
  @Test
  void noRightHalfVotesTwiceInATerm() {
    RangeId right = new RangeId(100);
    PeerId itsPeer = new PeerId(53);
    askForVote(right, itsPeer, 1, 20);
    hear(right, itsPeer, 3, new Message.Beat(new PeerId(3), 21, 0, 5));
    fleet.run(SimFleet.SECOND);
    idle.store().replicaGone(right, itsPeer, 1);
    fleet.run(SimFleet.SECOND);
    assertEquals(List.of("t20 to 1"), votes);
    fleet.network().filter((from, to, m) -> !m.range().equals(right) || passes(from, to, m));
    fleet.addReplica(RANGE, 4, 4);
    fleet.split(RANGE, right.value(), 50, "m");
    fleet.runUntil("the right half", SimFleet.SECOND, () -> fleet.machine(idle, right) != null);
    askForVote(right, itsPeer, 51, 20);
    assertEquals(List.of("t20 to 1"), votes);
    askForVote(right, itsPeer, 51, 22);
    assertEquals(1, votes.size(), "it is withheld for a while");
    fleet.run(SimFleet.SECOND);
    askForVote(right, itsPeer, 51, 23);
    assertEquals(List.of("t20 to 1", "t23 to 51"), votes);
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
