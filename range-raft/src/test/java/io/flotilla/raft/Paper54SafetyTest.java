package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static io.flotilla.raft.OneGroup.entry;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.keyspace.Invariant;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Paper, section 5.4: the election restriction, and commit only of the own term (figure 8).
final class Paper54SafetyTest {
  @Test
  void aShorterLogOfTheSameTermGetsNoVote() {
    assertEquals(false, votesFor(id(2, 2)));
    assertEquals(true, votesFor(id(2, 3)));
  }

  @Test
  void anOlderLastTermGetsNoVoteHoweverLong() {
    assertEquals(false, votesFor(id(1, 100)));
    assertEquals(true, votesFor(id(3, 1)));
  }

  private static boolean votesFor(EntryId candidateLast) {
    OneGroup one = OneGroup.of(3, 1, 2, 2);
    one.group.receive(new VoteRequest(P2, 4, candidateLast, false));
    VoteReply reply = (VoteReply) one.ready().sendOncePersisted().getFirst().message();
    assertEquals(to(P2, new VoteReply(P1, 4, reply.granted())), to(P2, reply));
    return reply.granted();
  }

  @Test
  void entriesOfOlderTermsAreNotCommittedByCounting() {
    OneGroup one = OneGroup.of(2, 1, 2).lead();
    one.accept(P2, 2);
    one.accept(P3, 2);
    assertEquals(0, one.group.committed());
    one.accept(P2, 3);
    assertEquals(3, one.group.committed());
  }

  @Test
  void aLeaderCountsItselfOnlyOnceItsDiskHasTheEntry() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.propose("a");
    Ready ready = one.ready();
    assertEquals(1, ready.sendNow().stream().filter(e -> e.message() instanceof Append).count());
    one.accept(P2, 2);
    assertEquals(1, one.group.committed());
    one.group.persisted(ready.number());
    assertEquals(2, one.group.committed());
  }

  @Test
  void followersMayCommitWhatTheLeadersDiskDoesNotHaveYet() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.accept(P3, 1);
    one.propose("a");
    Ready ready = one.ready();
    one.accept(P2, 2);
    one.accept(P3, 2);
    assertEquals(2, one.group.committed());
    assertEquals(false, one.group.hasReady());
    one.group.persisted(ready.number());
    assertEquals(2, one.ready().toApply().getFirst().index());
  }

  @Test
  void aBeatCommitsNoFurtherThanTheLog() {
    OneGroup one = OneGroup.of(1, 1);
    assertThrows(Invariant.Broken.class, () -> one.group.receive(new Beat(P2, 1, 5, 1)));
  }

  @Test
  void aCommittedEntryIsNeverTruncated() {
    OneGroup one = OneGroup.of(1, 1, 1);
    one.group.receive(new Beat(P2, 1, 2, 1));
    one.group.receive(new Append(P2, 1, EntryId.ZERO, List.of(entry(1, 1)), 2));
    assertEquals(2, one.group.lastEntry().index());
  }

  @Test
  void twoLeadersInOneTermAreABrokenInvariant() {
    OneGroup one = OneGroup.of(1, 1).lead();
    assertThrows(Invariant.Broken.class, () -> one.group.receive(new Beat(P2, 2, 0, 1)));
  }
}
