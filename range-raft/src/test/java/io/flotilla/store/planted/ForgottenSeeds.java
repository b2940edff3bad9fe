package io.flotilla.store.planted;

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

/// An empty replica votes, comes to a later term and is forgotten, and its store loses its power
/// meanwhile or afterwards, with each seed one happening later. Then requests for a vote come that
/// were under way all the while. The store is alone: it hears what is told here.
public final class ForgottenSeeds {
  private static final RangeId RANGE = RangeDescriptor.FIRST;
  private static final PeerId EMPTY = new PeerId(77);
  private static final EntryId LAST = new EntryId(9, 100);

  private final SimFleet fleet = new SimFleet(61, SimFleet.smallOptions());
  private final SimStore store = fleet.add(4);
  private final List<String> votes = new ArrayList<>();

  private ForgottenSeeds() {}

  /// The first seed up to `most` that fails, and how; empty: none does.
  public static String firstFailure(long most) {
    for (long seed = 1; seed <= most; seed++) {
      try {
        new ForgottenSeeds().run(seed);
      } catch (AssertionError | RuntimeException found) {
        return seed + " " + found.getMessage();
      }
    }
    return "";
  }

  private void run(long seed) {
    fleet.network().filter(this::notes);
    store.start();
    fleet.run(SimFleet.SECOND);
    askForVote(1, 20);
    require("t20 to 1");
    hear(3, new Message.Beat(new PeerId(3), 21, 0, 5));
    fleet.run(SimFleet.SECOND);
    store.store().replicaGone(RANGE, EMPTY, 1);
    for (long happening = 0; happening < seed; happening++) {
      fleet.world().step();
    }
    startAnew();
    askForVote(2, 20);
    require("t20 to 1");
    // The request has made it again. It has promised nothing since: nobody has written of it.
    startAnew();
    askForVote(2, 20);
    require("t20 to 1");
    askForVote(3, 22);
    require("t20 to 1", "t22 to 3");
    // From now on its own record says it, as that of any other.
    startAnew();
    askForVote(2, 22);
    askForVote(2, 20);
    require("t20 to 1", "t22 to 3");
  }

  private boolean notes(StoreId from, StoreId to, RangeMessage m) {
    if (m.message() instanceof Message.VoteReply reply && reply.granted()) {
      votes.add("t" + reply.term() + " to " + m.to());
    }
    return false;
  }

  private void require(String... expected) {
    if (!votes.equals(List.of(expected))) {
      throw new AssertionError("votes: " + votes + ", not " + List.of(expected));
    }
  }

  /// Waits until votes are no longer withheld.
  private void startAnew() {
    store.crash();
    store.start();
    fleet.run(SimFleet.SECOND);
  }

  private void askForVote(long peer, long term) {
    PeerId from = new PeerId(peer);
    hear(peer, new Message.PreVoteRequest(from, term, LAST, EntryId.ZERO));
    fleet.run(10 * SimFleet.MILLI);
    hear(peer, new Message.VoteRequest(from, term, LAST, false));
    fleet.run(50 * SimFleet.MILLI);
  }

  private void hear(long from, Message message) {
    RangeMessage told = new RangeMessage(RANGE, EMPTY, KeySpan.ALL, message);
    store.store().onMessages(new StoreId(from), List.of(told));
  }
}
