package io.flotilla.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.sim.MapMachine.MapRequest;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A follower may apply an entry before its leader does, and show it to a reader. Who reads at the
/// leader after that, by its lease, must see it, too.
final class FollowerReadTest {
  private static final RangeId FIRST = RangeDescriptor.FIRST;

  private final SimFleet fleet = new SimFleet(1, SimFleet.smallOptions());
  private final List<String> answers = new ArrayList<>();

  @Test
  void whatAFollowerHasShownIsReadAtTheLeaderToo() {
    SimStore leader = threeStores();
    SimStore follower = fleet.stores().stream().filter(each -> each != leader).findFirst().get();

    leader.stallApply(2 * SimFleet.SECOND);
    put(leader, "2");
    fleet.run(50 * SimFleet.MILLI);
    assertEquals(List.of(), answers, "the leader has not applied it");

    look(follower);
    fleet.runUntil("the follower's answer", SimFleet.SECOND, () -> !answers.isEmpty());
    assertEquals(List.of("seen 2"), answers);

    get(leader);
    fleet.runUntil(
        "the write's and the leader's answers", 4 * SimFleet.SECOND, () -> answers.size() == 3);
    assertTrue(answers.contains("read 2"), answers.toString());
  }

  /// Nobody has read elsewhere: the leader answers at once, with what it has shown itself.
  @Test
  void aLeaderWhoseFollowersAreNotReadKeepsItsLease() {
    SimStore leader = threeStores();
    leader.stallApply(2 * SimFleet.SECOND);
    put(leader, "2");
    fleet.run(50 * SimFleet.MILLI);
    get(leader);
    fleet.run(10 * SimFleet.MILLI);
    assertEquals(List.of("read 1 by lease"), answers);
  }

  private SimStore threeStores() {
    fleet.add(1);
    fleet.add(2).start();
    fleet.add(3).start();
    fleet.bootstrap();
    fleet.addReplica(FIRST, 2, 2);
    fleet.addReplica(FIRST, 3, 3);
    fleet.put(FIRST, "a", "1");
    SimStore leader = fleet.awaitLeader(FIRST);
    fleet.run(100 * SimFleet.MILLI);
    get(leader);
    fleet.runUntil("a read", SimFleet.SECOND, () -> !answers.isEmpty());
    assertEquals(List.of("read 1 by lease"), answers, "there is a lease");
    answers.clear();
    return leader;
  }

  private void put(SimStore leader, String value) {
    leader
        .store()
        .serve(
            FIRST,
            new MapRequest.Put(
                SimFleet.key("a"),
                value.getBytes(UTF_8),
                outcome -> answers.add(outcome.toString()),
                refusal -> answers.add(refusal.toString())));
  }

  private void look(SimStore store) {
    store
        .store()
        .serve(
            FIRST,
            new MapRequest.Look(
                SimFleet.key("a"),
                value -> answers.add("seen " + new String(value, UTF_8)),
                refusal -> answers.add(refusal.toString())));
  }

  private void get(SimStore store) {
    store
        .store()
        .serve(
            FIRST,
            new MapRequest.Get(
                SimFleet.key("a"),
                (value, leased) ->
                    answers.add("read " + new String(value, UTF_8) + (leased ? " by lease" : "")),
                refusal -> answers.add(refusal.toString())));
  }
}
