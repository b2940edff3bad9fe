package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.entry;
import static io.flotilla.raft.OneGroup.id;
import static io.flotilla.raft.OneGroup.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.Snapshot;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import io.flotilla.raft.membership.Membership;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Paper, section 7: log compaction and snapshots.
final class Paper7CompactionTest {
  private static final Membership FOUR = Machine.parse("1,2,3,4");

  @Test
  void aSnapshotOfWhatIsCommittedIsIgnored() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new Beat(P2, 1, 3, 1));
    one.readyPersisted();
    one.group.receive(new Snapshot(P2, 1, id(1, 2), FOUR));
    Ready ready = one.ready();
    assertNull(ready.install());
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 1, new Accepted(3)))), ready.sendOncePersisted());
  }

  @Test
  void aSnapshotOfAnEntryThatIsHereOnlyCommits() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new Snapshot(P2, 1, id(1, 2), FOUR));
    Ready ready = one.ready();
    assertNull(ready.install());
    assertEquals(2, one.group.committed());
    assertEquals(3, one.group.lastEntry().index());
  }

  @Test
  void aSnapshotThatContradictsTheLogReplacesIt() {
    OneGroup one = OneGroup.of(2, 1, 2, 2);
    one.group.receive(new Snapshot(P2, 3, id(3, 2), FOUR));
    Ready ready = one.ready();
    assertEquals(new Ready.Install(id(3, 2), FOUR), ready.install());
    assertEquals(new HardState(3, null, 2), ready.hardState());
    assertEquals(List.of(), ready.toPersist());
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 3, new Accepted(2)))), ready.sendOncePersisted());
    assertEquals(id(3, 2), one.group.lastEntry());
    assertEquals(0, one.group.applied());
    one.group.persisted(ready.number());
    assertEquals(2, one.group.applied());
    assertEquals(FOUR, one.group.membership());
  }

  @Test
  void entriesAfterASnapshotComeInALaterReadyAndSoDoesTheirAcknowledgement() {
    OneGroup one = OneGroup.of("", 0, false);
    one.group.receive(new Snapshot(P2, 3, id(3, 10), FOUR));
    one.group.receive(new Append(P2, 3, id(3, 10), List.of(entry(3, 11)), 11));
    Ready first = one.ready();
    assertEquals(new Ready.Install(id(3, 10), FOUR), first.install());
    assertEquals(List.of(), first.toPersist());
    assertEquals(List.of(), first.sendOncePersisted());
    Ready second = one.ready();
    assertEquals(List.of(entry(3, 11)), second.toPersist());
    assertEquals(
        List.of(to(P2, new AppendReply(P1, 3, new Accepted(11)))), second.sendOncePersisted());
    one.group.persisted(second.number());
    assertEquals(List.of(entry(3, 11)), one.ready().toApply());
  }

  @Test
  void aFollowerBehindTheCompactionPointIsSentASnapshotAndBeatsOnly() {
    OneGroup one = OneGroup.of(1, 1, 1, 1, 1).leadWith(P2);
    one.group.compacted(4);
    one.group.receive(new AppendReply(OneGroup.P3, 2, new Rejected(4, EntryId.ZERO)));
    Ready ready = one.ready();
    assertEquals(List.of(new Ready.SnapshotWanted(OneGroup.P3, 4)), ready.snapshotsWanted());
    assertEquals(Mode.SNAPSHOTTING, one.group.followers().getLast().mode());
    one.propose("x");
    assertTrue(one.ready().sendNow().stream().noneMatch(e -> e.to().equals(OneGroup.P3)));
    one.group.tick();
    assertTrue(
        one.ready().sendNow().stream()
            .anyMatch(e -> e.to().equals(OneGroup.P3) && e.message() instanceof Beat));
  }

  @Test
  void aFailedSnapshotIsAskedForAgainWhenTheFollowerIsHeard() {
    OneGroup one = OneGroup.of(1, 1, 1, 1, 1).leadWith(P2);
    one.group.compacted(4);
    one.group.receive(new AppendReply(OneGroup.P3, 2, new Rejected(4, EntryId.ZERO)));
    one.ready();
    one.group.snapshotSent(OneGroup.P3, 0);
    assertTrue(one.ready().snapshotsWanted().isEmpty());
    one.answer(OneGroup.P3, 1);
    assertEquals(List.of(new Ready.SnapshotWanted(OneGroup.P3, 4)), one.ready().snapshotsWanted());
  }

  @Test
  void aFollowerThatHasTheSnapshotIsStreamedToAgain() {
    OneGroup one = OneGroup.of(1, 1, 1, 1, 1).leadWith(P2);
    one.group.compacted(4);
    one.group.receive(new AppendReply(OneGroup.P3, 2, new Rejected(4, EntryId.ZERO)));
    one.ready();
    one.accept(OneGroup.P3, 5);
    assertEquals(Mode.STREAMING, one.group.followers().getLast().mode());
    assertEquals(6, one.group.followers().getLast().next());
  }

  @Test
  void entriesThatAreNotInMemoryAreFetchedToBeApplied() {
    OneGroup one = OneGroup.of(1, 1, 1, 1);
    one.group.receive(new Beat(P2, 1, 3, 1));
    Ready ready = one.ready();
    Ready.LogFetch fetch = new Ready.LogFetch(null, 1, 3, 1000);
    assertEquals(List.of(fetch), ready.toFetch());
    assertEquals(false, one.group.hasReady());
    one.group.fetched(fetch, List.of(entry(1, 1), entry(1, 2)));
    Ready next = one.ready();
    assertEquals(List.of(entry(1, 1), entry(1, 2)), next.toApply());
    assertEquals(List.of(new Ready.LogFetch(null, 3, 3, 1000)), next.toFetch());
  }
}
