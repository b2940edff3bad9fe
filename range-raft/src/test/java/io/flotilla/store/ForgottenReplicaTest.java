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
    fleet
        .network()
        .filter((from, _, m) -> {
          if (m.message() instanceof Message.VoteReply reply && reply.granted()) {
            votes.add("t" + reply.term() + " to " + m.to());
          }
          return !from.equals(idle.id());
        });
    fleet.run(SimFleet.SECOND);
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

  private void askForVote(long peer, long term) {
    PeerId from = new PeerId(peer);
    hear(peer, new Message.PreVoteRequest(from, term, LAST, EntryId.ZERO));
    fleet.run(10 * SimFleet.MILLI);
    hear(peer, new Message.VoteRequest(from, term, LAST, false));
    fleet.run(50 * SimFleet.MILLI);
  }

  private void hear(long store, Message message) {
    RangeMessage told = new RangeMessage(RANGE, EMPTY, KeySpan.ALL, message);
    idle.store().onMessages(new StoreId(store), List.of(told));
  }
}
