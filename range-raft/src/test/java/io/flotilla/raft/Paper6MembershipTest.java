package io.flotilla.raft;

import static io.flotilla.raft.OneGroup.P1;
import static io.flotilla.raft.OneGroup.P2;
import static io.flotilla.raft.OneGroup.P3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Paper, section 6, and thesis, chapter 4: membership changes, joint and one-step, and learners.
final class Paper6MembershipTest {
  private static final PeerId P4 = new PeerId(4);
  private static final PeerId P5 = new PeerId(5);

  @Test
  void noChangeBeforeTheTermsFirstEntryIsApplied() {
    OneGroup one = OneGroup.of(1).lead();
    assertInstanceOf(Proposed.Refused.class, one.group.proposeMembership(new byte[0]));
    one.accept(P2, 1);
    one.readyPersisted();
    assertInstanceOf(Proposed.Refused.class, one.group.proposeMembership(new byte[0]));
  }

  @Test
  void oneUnappliedChangeAtATime() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    assertInstanceOf(Proposed.Accepted.class, one.group.proposeMembership(new byte[0]));
    assertInstanceOf(Proposed.Refused.class, one.group.proposeMembership(new byte[0]));
    change(one, "1,2,3//4", P2);
    assertInstanceOf(Proposed.Accepted.class, one.group.proposeMembership(new byte[0]));
  }

  @Test
  void aLearnerCountsInNoQuorum() {
    OneGroup one = OneGroup.of("1,2,3//4", 1, false).leadWith(P2);
    one.propose("a");
    one.readyPersisted();
    one.accept(P4, 2);
    assertEquals(1, one.group.committed());
    one.accept(P3, 2);
    assertEquals(2, one.group.committed());
  }

  @Test
  void aJointConfigurationNeedsBothMajorities() {
    OneGroup one = OneGroup.of("1,4,5/1,2,3", 1, false).leadWith(P2, P4);
    one.propose("a");
    one.readyPersisted();
    one.accept(P2, 2);
    one.accept(P3, 2);
    assertEquals(1, one.group.committed());
    one.accept(P5, 2);
    assertEquals(2, one.group.committed());
  }

  @Test
  void aChangeOfTheQuorumMayCommitAtOnce() {
    OneGroup one = OneGroup.of("1,2,3,4", 1, false).leadWith(P2, P3);
    one.group.proposeMembership(new byte[0]);
    one.propose("tail");
    one.readyPersisted();
    one.accept(P2, 3);
    one.accept(P3, 2);
    one.readyPersisted();
    assertEquals(2, one.group.committed());
    one.group.membershipApplied(2, Machine.parse("1,2,3"));
    one.group.applied(2);
    assertEquals(3, one.group.committed());
  }

  @Test
  void whoLeavesIsForgottenWhoStaysIsKept() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.group.proposeMembership(new byte[0]);
    change(one, "1,2//4", P2);
    List<FollowerStatus> followers = one.group.followers();
    assertEquals(List.of(P2, P4), followers.stream().map(FollowerStatus::peer).toList());
    assertEquals(2, followers.getFirst().match());
    assertEquals(0, followers.getLast().match());
  }

  @Test
  void aRemovedLeaderTellsTheOthersAndNamesASuccessor() {
    OneGroup one = OneGroup.of(1).leadWith(P2);
    one.group.proposeMembership(new byte[0]);
    change(one, "2,3", P2);
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    List<Envelope> sent = one.ready().sendNow();
    assertTrue(sent.contains(OneGroup.to(P2, new CampaignNow(P1, 2))));
    assertTrue(
        sent.stream()
            .anyMatch(
                e -> e.to().equals(P2) && e.message() instanceof Beat b && b.committed() == 2));
  }

  @Test
  void nobodyCampaignsWithAChangeCommittedAndNotApplied() {
    OneGroup one = OneGroup.of(1);
    Entry change = new Entry(1, 1, EntryKind.MEMBERSHIP, new byte[0]);
    one.group.receive(new Append(P2, 1, EntryId.ZERO, List.of(change), 1));
    one.readyPersisted();
    one.ticks(40);
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    one.group.takeReady();
    one.group.membershipApplied(1, Machine.parse("1,2,3"));
    one.group.applied(1);
    one.ticks(20);
    assertEquals(RoleKind.PRE_CANDIDATE, one.group.role());
  }

  @Test
  void aHandOverWaitsForTheChangeToBeApplied() {
    OneGroup one = OneGroup.of(1);
    Entry change = new Entry(1, 1, EntryKind.MEMBERSHIP, new byte[0]);
    one.group.receive(new Append(P2, 1, EntryId.ZERO, List.of(change), 1));
    one.readyPersisted();
    one.ready();
    one.group.receive(new CampaignNow(P2, 1));
    assertEquals(RoleKind.FOLLOWER, one.group.role());
    one.group.membershipApplied(1, Machine.parse("1,2,3"));
    one.group.applied(1);
    assertEquals(RoleKind.CANDIDATE, one.group.role());
  }

  @Test
  void theCommitIndexIsWrittenBesideEntries() {
    OneGroup one = OneGroup.of(1, 1);
    one.group.receive(new Append(P2, 1, OneGroup.id(1, 1), List.of(OneGroup.entry(1, 2)), 1));
    assertEquals(new HardState(1, null, 1), one.ready().hardState());
  }

  /// The change in the log is committed by `peer` and applied as `membership`.
  private static void change(OneGroup one, String membership, PeerId peer) {
    one.readyPersisted();
    long index = one.group.lastEntry().index();
    one.accept(peer, index);
    one.readyPersisted();
    one.group.membershipApplied(index, Machine.parse(membership));
    one.group.applied(index);
  }
}
