package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.entry;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Paper, section 5.3: log replication, with the fast back-off that it sketches.
final class Paper53ReplicationTest {
  @Test
  void anAcknowledgementWaitsForTheDisk() {
    OneGroup one = OneGroup.of(1, 1);
    List<Entry> entries = List.of(entry(1, 2), entry(1, 3));
    one.group.receive(new Append(P2, 1, id(1, 1), entries, 1));
    Ready ready = one.ready();
    assertEquals(entries, ready.toPersist());
    assertEquals(List.of(), ready.sendNow());
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 1, new Accepted(3)))), ready.sendOncePersisted());
  }

  @Test
  void appendsOfOneTurnAreAcknowledgedAsOne() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Append(P2, 1, id(1, 1), List.of(entry(1, 2)), 1));
    one.group.receive(new Append(P2, 1, id(1, 2), List.of(entry(1, 3)), 1));
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 1, new Accepted(3)))), one.ready().sendOncePersisted());
  }

  @Test
  void aGapIsRejectedWithTheLastEntryAsHint() {
    OneGroup one = OneGroup.of(1, 1, 1);
    one.group.receive(new Append(P2, 1, id(1, 7), List.of(entry(1, 8)), 0));
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 1, new Rejected(7, id(1, 2))))),
        one.ready().sendOncePersisted());
  }

  @Test
  void aConflictIsRejectedWithAHintBeforeTheWholeTerm() {
    OneGroup one = OneGroup.of(3, 1, 3, 3, 3);
    one.group.receive(new Append(P2, 4, id(2, 4), List.of(entry(4, 5)), 0));
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 4, new Rejected(4, id(1, 1))))),
        one.ready().sendOncePersisted());
  }

  @Test
  void aLeaderSkipsAWholeTermOfItsOwnOnAHint() {
    OneGroup one = OneGroup.of(5, 1, 4, 4, 4, 4).lead();
    one.group.receive(new AppendReply(P2, 6, new Rejected(5, id(3, 5))));
    Ready ready = one.ready();
    Append probe = (Append) ready.sendNow().getFirst().message();
    assertEquals(id(1, 1), probe.previous());
    assertEquals(Mode.PROBING, one.group.followers().getFirst().mode());
  }

  @Test
  void aConflictingSuffixIsReplaced() {
    OneGroup one = OneGroup.of(2, 1, 2, 2);
    one.group.receive(new Append(P2, 3, id(1, 1), List.of(entry(3, 2)), 0));
    assertEquals(List.of(entry(3, 2)), one.ready().toPersist());
    assertEquals(id(3, 2), one.group.lastEntry());
    assertEquals(-1, one.group.termAt(3));
  }

  @Test
  void anOldAppendTruncatesNothing() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new Append(P2, 1, id(1, 1), List.of(entry(1, 2)), 0));
    Ready ready = one.ready();
    assertEquals(List.of(), ready.toPersist());
    assertEquals(3, one.group.lastEntry().index());
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 1, new Accepted(2)))), ready.sendOncePersisted());
  }

  @Test
  void whatIsCommittedCountsAsMatching() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new Append(P2, 1, id(1, 3), List.of(), 3));
    one.readyPersisted();
    one.group.receive(new Append(P2, 1, id(9, 1), List.of(), 3));
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 1, new Accepted(3)))), one.ready().sendOncePersisted());
  }

  @Test
  void theCommitIndexOfAMessageReachesNoFurtherThanWhatMatches() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new Append(P2, 1, id(1, 1), List.of(), 3));
    assertEquals(1, one.group.committed());
  }

  @Test
  void whatBecomesAppliedIsCommittedAndOnTheOwnDisk() {
    OneGroup one = OneGroup.of(1);
    one.group.receive(new Append(P2, 1, EntryId.ZERO, List.of(entry(1, 1)), 1));
    Ready first = one.ready();
    assertEquals(1, one.group.committed());
    assertEquals(List.of(), first.toApply());
    one.group.persisted(first.number());
    assertEquals(List.of(entry(1, 1)), one.ready().toApply());
  }

  @Test
  void theWindowIsBoundedInMessages() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    for (int i = 0; i < 5; i++) {
      one.propose("x");
      one.ready();
    }
    assertEquals(5, one.group.followers().getFirst().next());
    one.accept(P2, 2);
    assertEquals(7, nextAfterReady(one));
  }

  @Test
  void theWindowIsBoundedInBytes() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    for (int i = 0; i < 4; i++) {
      one.propose("x".repeat(190));
    }
    one.ready();
    assertEquals(4, one.group.followers().getFirst().next());
  }

  @Test
  void aLostAppendIsFoundOutByTheNextBeats() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.propose("lost");
    one.ready();
    one.answer(P2, 1);
    one.ready();
    one.answer(P2, 1);
    Append probe = (Append) one.ready().sendNow().getFirst().message();
    assertEquals(new Append(P1, 2, id(2, 2), List.of(), 1), probe);
    one.group.receive(new AppendReply(P2, 2, new Rejected(2, id(2, 1))));
    Append again = (Append) one.ready().sendNow().getFirst().message();
    assertEquals(id(2, 1), again.previous());
    assertEquals(1, again.entries().size());
  }

  @Test
  void aProposerBeyondTheBytesIsTurnedAway() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.propose("x".repeat(900));
    Proposed.Busy busy =
        assertInstanceOf(Proposed.Busy.class, one.group.propose(Machine.bytes("y".repeat(100))));
    assertNotNull(busy.limit());
    one.readyPersisted();
    one.accept(P2, 2);
    one.propose("z".repeat(900));
  }

  @Test
  void proposalsReplacedByCommittedEntriesAreReported() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.propose("a");
    one.propose("b");
    one.readyPersisted();
    one.group.receive(new Append(P3, 3, id(2, 1), List.of(entry(3, 2)), 2));
    assertEquals(List.of(id(2, 3), id(2, 2)), one.ready().dropped());
  }

  private static long nextAfterReady(OneGroup one) {
    one.ready();
    return one.group.followers().getFirst().next();
  }
}
