package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.TICKS;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import io.flotilla.raft.RaftGroup.HandOver;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Thesis, section 3.10: leadership transfer.
final class ThesisTransferTest {
  @Test
  void aTargetThatHasEverythingCampaignsAtOnce() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    assertTrue(one.group.transferTo(P2));
    assertEquals(List.of(to(P2, new CampaignNow(P1, 2))), one.ready().sendNow());
  }

  @Test
  void aTargetThatLagsIsBroughtUpFirstAndNothingIsProposedMeanwhile() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.propose("a");
    one.readyPersisted();
    assertTrue(one.group.transferTo(P2));
    assertInstanceOf(Proposed.Refused.class, one.group.propose(new byte[0]));
    assertEquals(List.of(), one.ready().sendNow());
    one.accept(P2, 2);
    assertEquals(List.of(to(P2, new CampaignNow(P1, 2))), one.ready().sendNow());
  }

  @Test
  void aTransferEndsAfterAnElectionTimeout() {
    OneGroup one = OneGroup.of(1).leadWith(P2, P3);
    one.group.transferTo(P2);
    for (int i = 0; i < TICKS; i++) {
      one.ticks(1);
      one.answer(P3, 1);
    }
    assertInstanceOf(Proposed.Accepted.class, one.group.propose(new byte[0]));
  }

  @Test
  void noLeaseIsProvedAfterAHandOver() {
    OneGroup one = OneGroup.of(1).leadWith(P2, P3);
    one.answer(P2, one.group.startRound());
    assertEquals(one.group.startedRound(), one.ready().confirmedRound());
    one.group.transferTo(P2);
    one.answer(P2, one.group.startRound());
    assertEquals(0, one.ready().confirmedRound());
    for (int i = 0; i < TICKS; i++) {
      one.ticks(1);
      one.answer(P3, one.group.startedRound());
    }
    assertEquals(0, one.ready().confirmedRound());
  }

  @Test
  void aHandOverThatFailedIsVoidInTheNextTermWhichTheLeaderAsksForItself() {
    OneGroup one = OneGroup.of(1).leadWith(P2, P3);
    one.group.transferTo(P2);
    one.ready();
    one.group.leadAnew();
    assertEquals(RoleKind.LEADER, one.group.role(), "not while it is under way");
    for (int i = 0; i < TICKS; i++) {
      one.ticks(1);
      one.answer(P3, one.group.startedRound());
    }
    assertEquals(HandOver.FAILED, one.group.handOver());
    one.readyPersisted();
    one.group.leadAnew();
    VoteRequest request = new VoteRequest(P1, 3, id(2, 1), true);
    assertEquals(
        List.of(to(P2, request), to(P3, request)), one.readyPersisted().sendOncePersisted());
    one.group.receive(new VoteReply(P3, 3, true));
    one.answer(P3, one.group.startedRound());
    assertEquals(HandOver.NONE, one.group.handOver());
    assertEquals(1, one.ready().confirmedRound());
  }

  @Test
  void aHandOverOfWhichTheTargetWasNotToldCostsNothing() {
    OneGroup one = OneGroup.of(1).leadWith(P2, P3);
    one.propose("a");
    one.accept(P3, 2);
    one.readyPersisted();
    one.group.transferTo(P2);
    for (int i = 0; i < TICKS; i++) {
      assertEquals(HandOver.UNDER_WAY, one.group.handOver());
      one.ticks(1);
      one.answer(P3, one.group.startedRound());
    }
    assertEquals(HandOver.NONE, one.group.handOver());
    assertEquals(one.group.startedRound(), one.ready().confirmedRound());
    one.group.leadAnew();
    assertEquals(RoleKind.LEADER, one.group.role());
  }

  @Test
  void onlyAnotherActiveVoterCanTakeOver() {
    OneGroup one = OneGroup.of("1,2,3//4", 1, false).leadWith(P2);
    assertFalse(one.group.transferTo(P1));
    assertFalse(one.group.transferTo(new PeerId(4)));
    assertFalse(one.group.transferTo(new PeerId(9)));
    for (int i = 0; i < TICKS; i++) {
      one.ticks(1);
      one.answer(P2, 1);
    }
    assertFalse(one.group.transferTo(P3));
    assertTrue(one.group.transferTo(P2));
  }

  @Test
  void theTargetCampaignsWithoutPreVoteAndSaysWhy() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Append(P2, 1, id(1, 1), List.of(), 0));
    one.readyPersisted();
    one.group.receive(new CampaignNow(P2, 1));
    VoteRequest request = new VoteRequest(P1, 2, id(1, 1), true);
    assertEquals(List.of(to(P2, request), to(P3, request)), one.ready().sendOncePersisted());
  }

  @Test
  void aStrangersCampaignNowIsIgnored() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Append(P2, 1, id(1, 1), List.of(), 0));
    one.group.receive(new CampaignNow(P3, 1));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
  }
}
