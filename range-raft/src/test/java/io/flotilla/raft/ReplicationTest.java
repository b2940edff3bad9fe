package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;

/// A group as a whole: it elects, it replicates, it survives a leader (paper, figure 2).
final class ReplicationTest {
  @Test
  void threePeersElectByThemselves() {
    TestCluster cluster = TestCluster.ofVoters(3);
    cluster.tickUntil(
        () -> cluster.peers.values().stream().anyMatch(p -> p.group.role() == RoleKind.LEADER));
  }

  @Test
  void aProposalReachesEverybody() {
    TestCluster cluster = TestCluster.ofVoters(3);
    TestPeer leader = cluster.elect(1);
    for (int i = 0; i < 100; i++) {
      assertInstanceOf(
          Proposed.Accepted.class, leader.group.propose(Machine.bytes("command " + i)));
      cluster.settle();
    }
    cluster.tick();
    assertEquals(101, leader.machine.applied().index());
    assertEquals(leader.machine, cluster.peer(2).machine);
    assertEquals(leader.machine, cluster.peer(3).machine);
  }

  @Test
  void aCutOffLeaderIsReplacedAndCatchesUp() {
    TestCluster cluster = TestCluster.ofVoters(3);
    TestPeer old = cluster.elect(1);
    cluster.cut(old.id);
    old.group.propose(Machine.bytes("lost"));
    cluster.tickUntil(() ->
        cluster.peer(2).group.role() == RoleKind.LEADER
            || cluster.peer(3).group.role() == RoleKind.LEADER);
    cluster.tickUntil(() -> old.group.role() != RoleKind.LEADER);
    cluster.heal();
    for (int i = 0; i < 3; i++) {
      cluster.tick();
    }
    assertEquals(RoleKind.FOLLOWER, old.group.role());
    assertEquals(java.util.List.of(new EntryId(1, 2)), old.dropped);
    assertEquals(cluster.peer(2).machine, cluster.peer(3).machine);
    assertEquals(cluster.peer(2).machine, old.machine);
  }

  @Test
  void aLonePeerElectsItselfOnceItsVoteIsDurable() {
    TestCluster cluster = TestCluster.ofVoters(1);
    TestPeer peer = cluster.peer(1);
    peer.group.tick();
    peer.takeReady();
    assertEquals(RoleKind.CANDIDATE, peer.group.role());
    peer.persistOne();
    assertEquals(RoleKind.LEADER, peer.group.role());
    cluster.settle();
    assertEquals(1, peer.machine.applied().index());
  }

  @Test
  void aFollowerBehindTheCompactedLogGetsASnapshot() {
    TestCluster cluster = TestCluster.ofVoters(3);
    TestPeer leader = cluster.elect(1);
    cluster.cut(TestCluster.id(3));
    for (int i = 0; i < 50; i++) {
      leader.group.propose(Machine.bytes("command " + i));
      cluster.settle();
    }
    leader.compact(40);
    cluster.heal();
    for (int i = 0; i < 30; i++) {
      cluster.tick();
    }
    assertEquals(leader.machine, cluster.peer(3).machine);
    assertEquals(new EntryId(1, 51), cluster.peer(3).disk.compacted);
  }

  @Test
  void aNewLearnerReplaysTheLogFromItsFirstEntry() {
    TestCluster cluster = TestCluster.ofVoters(1);
    cluster.tick();
    TestPeer leader = cluster.peer(1);
    for (int i = 0; i < 50; i++) {
      leader.group.propose(Machine.bytes("command " + i));
      cluster.settle();
    }
    TestPeer learner = cluster.add(TestCluster.id(2), Machine.NOBODY);
    leader.group.proposeMembership(Machine.bytes("1//2"));
    for (int i = 0; i < 5; i++) {
      cluster.tick();
    }
    assertEquals(leader.machine.applied(), learner.machine.applied());
    assertEquals(leader.machine.membership(), learner.machine.membership());
  }
}
