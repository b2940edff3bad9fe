package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.TICKS;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.PreVoteReply;
import io.flotilla.raft.Message.PreVoteRequest;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Thesis, sections 4.2.3 (disruptive servers), 6.2 (check-quorum) and 9.6 (pre-vote).
final class ThesisElectionTest {
  @Test
  void aTimeoutAsksForPreVotesAndRaisesNoTerm() {
    OneGroup one = OneGroup.of(1, 1);
    one.ticks(2 * TICKS);
    Ready ready = one.ready();
    PreVoteRequest request = new PreVoteRequest(P1, 2, id(1, 1), EntryId.ZERO);
    assertEquals(List.of(to(P2, request), to(P3, request)), ready.sendNow());
    assertEquals(1, one.group.term());
    assertEquals(null, ready.hardState());
  }

  @Test
  void aWonPreVoteBecomesACampaign() {
    OneGroup one = OneGroup.of(1, 1);
    one.ticks(2 * TICKS);
    one.group.receive(new PreVoteReply(P2, 2, true, EntryId.ZERO));
    assertEquals(RoleKind.CANDIDATE, one.group.role());
    assertEquals(2, one.group.term());
  }

  @Test
  void aPreVoteIsGrantedToAnUpToDateLogAndRaisesNobodysTerm() {
    OneGroup one = OneGroup.of(3, 1, 2);
    one.group.receive(new PreVoteRequest(P2, 9, id(2, 2), EntryId.ZERO));
    one.group.receive(new PreVoteRequest(P3, 9, id(1, 7), EntryId.ZERO));
    assertEquals(
        List.of(
            to(P2, new PreVoteReply(P1, 9, true, EntryId.ZERO)),
            to(P3, new PreVoteReply(P1, 3, false, EntryId.ZERO))),
        one.ready().sendNow());
    assertEquals(3, one.group.term());
  }

  @Test
  void whoAsksItselfGivesWayToABetterLog() {
    OneGroup one = OneGroup.of(3, 1, 2);
    one.ticks(2 * TICKS);
    one.ready();
    one.group.receive(new PreVoteRequest(P2, 4, id(3, 2), EntryId.ZERO));
    assertEquals(
        List.of(to(P2, new PreVoteReply(P1, 4, true, EntryId.ZERO))), one.ready().sendNow());
    assertEquals(RoleKind.FOLLOWER, one.group.role());
  }

  @Test
  void ofEqualsTheLowerIdGoesFirstAndAsksAgain() {
    OneGroup one = OneGroup.of(1, 1);
    one.ticks(2 * TICKS);
    one.ready();
    one.group.receive(new PreVoteRequest(P2, 2, id(1, 1), EntryId.ZERO));
    assertEquals(
        List.of(
            to(P2, new PreVoteRequest(P1, 2, id(1, 1), EntryId.ZERO)),
            to(P2, new PreVoteReply(P1, 1, false, EntryId.ZERO))),
        one.ready().sendNow());
    assertEquals(RoleKind.PRE_CANDIDATE, one.group.role());
  }

  @Test
  void aRefusalOfALaterTermBringsItsTermAlong() {
    OneGroup one = OneGroup.of(1, 1);
    one.ticks(2 * TICKS);
    one.group.receive(new PreVoteReply(P2, 7, false, EntryId.ZERO));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    assertEquals(7, one.group.term());
  }

  @Test
  void preVotesSpreadWhatIsCommitted() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new PreVoteRequest(P2, 2, id(1, 1), id(1, 1)));
    assertEquals(1, one.group.committed());
    one.group.receive(new PreVoteReply(P2, 1, false, id(1, 2)));
    assertEquals(2, one.group.committed());
    one.group.receive(new PreVoteReply(P2, 1, false, id(5, 3)));
    assertEquals(2, one.group.committed());
  }

  @Test
  void whoHearsALeaderIgnoresRequestsForVotes() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Beat(P2, 1, 0, 1));
    one.readyPersisted();
    one.ticks(TICKS - 1);
    one.group.receive(new VoteRequest(P3, 9, id(1, 1), false));
    one.group.receive(new PreVoteRequest(P3, 9, id(1, 1), EntryId.ZERO));
    assertFalse(one.group.hasReady());
    assertEquals(1, one.group.term());
  }

  @Test
  void aCampaignThatTheLeaderAskedForIsHeard() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Beat(P2, 1, 0, 1));
    one.readyPersisted();
    one.group.receive(new VoteRequest(P3, 2, id(1, 1), true));
    assertEquals(List.of(to(P3, new VoteReply(P1, 2, true))), one.ready().sendOncePersisted());
  }

  @Test
  void aLeaderIsNotUnseatedByALoneCampaign() {
    OneGroup one = OneGroup.of(1, 1).lead();
    one.group.receive(new VoteRequest(P3, 9, id(9, 9), false));
    assertEquals(RoleKind.LEADER, one.group.role());
  }

  @Test
  void nobodyCampaignsAgainstALeaderThatItHears() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Beat(P2, 1, 0, 1));
    one.group.campaign();
    assertEquals(RoleKind.FOLLOWER, one.group.role());
  }

  @Test
  void aSoleVoterThatStillHearsALeaderKeepsItsPromiseToIt() {
    OneGroup one = OneGroup.of("1", 1, false, 1);
    one.group.receive(new Beat(P2, 2, 0, 1));
    one.ticks(TICKS - 1);
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    one.ticks(1);
    assertEquals(RoleKind.CANDIDATE, one.group.role());
  }

  @Test
  void aRestartedPeerGrantsNothingForAnElectionTimeout() {
    OneGroup one = OneGroup.of("1,2,3", 1, true, 1);
    one.ticks(TICKS - 1);
    one.group.receive(new VoteRequest(P2, 2, id(1, 1), true));
    one.group.receive(new PreVoteRequest(P2, 2, id(1, 1), EntryId.ZERO));
    assertFalse(one.group.hasReady());
    one.ticks(1);
    one.group.receive(new VoteRequest(P2, 2, id(1, 1), false));
    assertEquals(List.of(to(P2, new VoteReply(P1, 2, true))), one.ready().sendOncePersisted());
  }

  @Test
  void aLeaderThatHearsNoQuorumStepsDown() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.ticks(TICKS - 1);
    assertEquals(RoleKind.LEADER, one.group.role());
    one.ticks(1);
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    assertEquals(2, one.group.term());
  }

  @Test
  void oneFollowerOfTwoIsAQuorumWithTheLeader() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    for (int i = 0; i < 3 * TICKS; i++) {
      one.ticks(1);
      one.answer(P2, 1);
    }
    assertEquals(RoleKind.LEADER, one.group.role());
  }
}
