package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.raft.Message.Append;
import java.util.List;
import org.junit.jupiter.api.Test;

/// "Dropped" means that a proposal can never commit. To be truncated is not enough (paper, figure
/// 8): another peer may have it and lead later.
final class DroppedTest {
  private static final EntryId FIRST = new EntryId(1, 1);

  private final TestCluster cluster = TestCluster.ofVoters(5);
  private final TestPeer old = cluster.elect(1);
  private final Entry proposal = propose();

  private Entry propose() {
    cluster.cut(old.id);
    old.group.propose(Machine.bytes("proposal"));
    cluster.settle();
    return old.disk.entries.getLast();
  }

  @Test
  void aTruncatedProposalMayCommitYet() {
    Entry noop = new Entry(2, 2, EntryKind.NOOP, new byte[0]);
    hear(new Append(TestCluster.id(2), 2, FIRST, List.of(noop), 1));
    assertEquals(new EntryId(2, 2), old.group.lastEntry());
    assertEquals(List.of(), old.dropped, "peer 3 may have it and lead in term 3");

    Entry next = new Entry(3, 3, EntryKind.NOOP, new byte[0]);
    hear(new Append(TestCluster.id(3), 3, FIRST, List.of(proposal, next), 3));
    assertEquals(new EntryId(3, 3), old.machine.applied());
    assertEquals(List.of(), old.dropped);
  }

  @Test
  void aProposalWhosePlaceIsTakenByACommittedEntryIsDropped() {
    Entry noop = new Entry(2, 2, EntryKind.NOOP, new byte[0]);
    hear(new Append(TestCluster.id(2), 2, FIRST, List.of(noop), 2));
    assertEquals(List.of(proposal.id()), old.dropped);
  }

  private void hear(Append append) {
    old.group.receive(append);
    old.settle();
  }
}
