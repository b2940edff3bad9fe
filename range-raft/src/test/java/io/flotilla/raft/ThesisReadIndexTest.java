package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.TICKS;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.ReadIndexReply;
import io.flotilla.raft.Message.ReadIndexRequest;
import io.flotilla.raft.Ready.ReadBarrier;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Thesis, section 6.4: reads without a log entry, by rounds of beats.
final class ThesisReadIndexTest {
  @Test
  void readsOfOneTurnShareOneRound() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    long before = one.group.startedRound();
    one.group.readIndex(7);
    one.group.readIndex(8);
    Ready ready = one.ready();
    Beat beat = (Beat) ready.sendNow().getFirst().message();
    assertEquals(before + 1, beat.round());
    assertEquals(2, ready.sendNow().size());
    one.answer(P2, beat.round());
    assertEquals(List.of(new ReadBarrier(7, 1), new ReadBarrier(8, 1)), one.ready().readsReady());
  }

  @Test
  void aRoundThatWasSentBeforeARegistrationProvesNothingForIt() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    long earlier = one.group.startRound();
    one.ready();
    one.group.readIndex(7);
    one.answer(P2, earlier);
    assertEquals(List.of(), one.ready().readsReady());
    one.answer(P2, earlier + 1);
    assertEquals(List.of(new ReadBarrier(7, 1)), one.ready().readsReady());
  }

  @Test
  void aRoundThatHasNotLeftYetWillDo() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    long round = one.group.startRound();
    one.group.readIndex(7);
    one.ready();
    assertEquals(round, one.group.startedRound());
    one.answer(P2, round);
    assertEquals(List.of(new ReadBarrier(7, 1)), one.ready().readsReady());
  }

  @Test
  void readsWaitForTheFirstCommitOfTheTerm() {
    OneGroup one = OneGroup.of(1, 1).lead();
    one.group.readIndex(7);
    one.answer(P2, one.group.startedRound());
    assertEquals(List.of(), one.ready().readsReady());
    one.accept(P2, 2);
    one.readyPersisted();
    one.answer(P2, one.group.startedRound());
    assertEquals(List.of(new ReadBarrier(7, 2)), one.ready().readsReady());
  }

  @Test
  void aLeaderThatStepsDownRefuses() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.group.readIndex(7);
    one.group.receive(new ReadIndexRequest(P3, 2, 70));
    one.ready();
    one.ticks(TICKS);
    Ready ready = one.ready();
    assertEquals(List.of(new ReadBarrier(7, 0)), ready.readsReady());
    assertTrue(ready.sendNow().contains(to(P3, new ReadIndexReply(P1, 2, 70, 0))));
  }

  @Test
  void aFollowerForwardsAndHandsTheAnswerOn() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Beat(P2, 1, 0, 1));
    one.readyPersisted();
    one.group.readIndex(7);
    assertEquals(List.of(to(P2, new ReadIndexRequest(P1, 1, 7))), one.ready().sendNow());
    one.group.receive(new ReadIndexReply(P2, 1, 7, 1));
    one.group.receive(new ReadIndexReply(P2, 1, 7, 1));
    assertEquals(List.of(new ReadBarrier(7, 1)), one.ready().readsReady());
  }

  @Test
  void aForwardedReadIsRefusedWhenTheLeaderChangesOrIsSilent() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.readIndex(6);
    assertEquals(List.of(new ReadBarrier(6, 0)), one.ready().readsReady());
    one.group.receive(new Beat(P2, 1, 0, 1));
    one.group.readIndex(7);
    one.group.receive(new Beat(P3, 2, 0, 1));
    assertEquals(List.of(new ReadBarrier(7, 0)), one.readyPersisted().readsReady());
    one.group.readIndex(8);
    for (int i = 0; i < TICKS; i++) {
      one.ticks(1);
      one.group.receive(new Beat(P3, 2, 0, 1));
    }
    assertEquals(List.of(new ReadBarrier(8, 0)), one.ready().readsReady());
  }

  /// What is committed may be applied and seen at a follower before it is applied here.
  @Test
  void aLeaderKnowsInItsTermThatFollowersAreRead() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.group.readIndex(7);
    assertFalse(one.group.isReadElsewhere());
    one.group.receive(new ReadIndexRequest(P3, 2, 70));
    assertTrue(one.group.isReadElsewhere());
    one.ready();
    one.ticks(TICKS);
    one.ready();
    assertFalse(one.group.isReadElsewhere());
  }

  @Test
  void aLonePeerConfirmsAtOnce() {
    OneGroup one = OneGroup.of("1", 1, false).lead();
    one.group.readIndex(7);
    Ready ready = one.ready();
    assertEquals(List.of(new ReadBarrier(7, 1)), ready.readsReady());
    assertEquals(one.group.startedRound(), ready.confirmedRound());
  }

  @Test
  void aJointConfigurationConfirmsByBothMajorities() {
    OneGroup one = OneGroup.of("1,4,5/1,2,3", 1, false).lead();
    long round = one.group.startRound();
    one.answer(P2, round);
    assertEquals(0, one.ready().confirmedRound());
    one.answer(new io.flotilla.keyspace.PeerId(4), round);
    assertEquals(round, one.ready().confirmedRound());
  }
}
