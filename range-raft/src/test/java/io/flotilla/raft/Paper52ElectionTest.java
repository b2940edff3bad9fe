package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import io.flotilla.spi.RandomSource;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Paper, section 5.2: leader election.
final class Paper52ElectionTest {
  @Test
  void aCandidateAsksOnlyOnceItsOwnVoteIsDurable() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.campaign();
    Ready ready = one.ready();
    VoteRequest request = new VoteRequest(P1, 2, id(1, 1), false);
    assertEquals(new HardState(2, P1, 0), ready.hardState());
    assertEquals(List.of(), ready.sendNow());
    assertEquals(List.of(to(P2, request), to(P3, request)), ready.sendOncePersisted());
  }

  @Test
  void itsOwnVoteCountsOnlyOnceItIsDurable() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.campaign();
    Ready ready = one.ready();
    one.group.receive(new VoteReply(P2, 2, true));
    assertEquals(RoleKind.CANDIDATE, one.group.role());
    one.group.persisted(ready.number());
    assertEquals(RoleKind.LEADER, one.group.role());
  }

  @Test
  void aGrantWaitsForTheDisk() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new VoteRequest(P2, 2, id(1, 1), false));
    Ready ready = one.ready();
    assertEquals(new HardState(2, P2, 0), ready.hardState());
    assertEquals(List.of(), ready.sendNow());
    assertEquals(List.of(to(P2, new VoteReply(P1, 2, true))), ready.sendOncePersisted());
  }

  @Test
  void oneVoteInATermAndTheSameAnswerToTheSameAsker() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new VoteRequest(P2, 2, id(1, 1), false));
    one.readyPersisted();
    one.group.receive(new VoteRequest(P3, 2, id(1, 1), false));
    one.group.receive(new VoteRequest(P2, 2, id(1, 1), false));
    assertEquals(
        List.of(to(P3, new VoteReply(P1, 2, false)), to(P2, new VoteReply(P1, 2, true))),
        one.ready().sendOncePersisted());
  }

  @Test
  void aCandidateFollowsTheLeaderOfItsTerm() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.campaign();
    one.readyPersisted();
    one.group.receive(new Beat(P3, 2, 0, 1));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    assertEquals(P3, one.group.leader());
  }

  @Test
  void aMajorityOfRefusalsEndsACampaign() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.campaign();
    one.readyPersisted();
    one.group.receive(new VoteReply(P2, 2, false));
    one.group.receive(new VoteReply(P3, 2, false));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
  }

  @Test
  void timeoutsAreSpreadOverOneToTwoElectionTimeouts() {
    TreeSet<Integer> seen = new TreeSet<>();
    for (long seed = 0; seed < 200; seed++) {
      ElectionTimer timer = new ElectionTimer(10, new RandomSource(seed));
      int ticks = 1;
      while (!timer.tick()) {
        ticks++;
      }
      seen.add(ticks);
    }
    assertEquals(10, seen.first());
    assertEquals(19, seen.last());
    assertEquals(10, seen.size());
  }

  @Test
  void aNewLeaderOpensItsTermWithAnEmptyEntry() {
    OneGroup one = OneGroup.of(1, 1, 1);
    one.group.campaign();
    one.readyPersisted();
    one.group.receive(new VoteReply(P2, 2, true));
    Ready ready = one.ready();
    assertEquals(List.of(new Entry(2, 3, EntryKind.NOOP, new byte[0])), ready.toPersist());
    assertEquals(new Ready.RoleChange(RoleKind.LEADER, 2, P1, 3), ready.roleChange());
  }

  @Test
  void aLonePeerWinsByItsOwnDurableVote() {
    OneGroup one = OneGroup.of("1", 1, true, 1);
    one.ticks(10);
    Ready ready = one.ready();
    assertEquals(RoleKind.CANDIDATE, one.group.role());
    one.group.persisted(ready.number());
    assertEquals(RoleKind.LEADER, one.group.role());
    one.readyPersisted();
    assertEquals(2, one.group.committed());
    assertTrue(one.group.hasReady());
  }

  @Test
  void aPeerThatHasNothingVotesButNeverCampaigns() {
    OneGroup one = OneGroup.of("", 0, false);
    one.ticks(50);
    one.group.campaign();
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    one.group.receive(new VoteRequest(P2, 2, id(1, 1), false));
    assertEquals(List.of(to(P2, new VoteReply(P1, 2, true))), one.ready().sendOncePersisted());
  }
}
