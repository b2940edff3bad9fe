package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.PreVoteReply;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;
import org.junit.jupiter.api.Test;

/// What a follower promises with the answer to a beat: to elect nobody else for a while (thesis,
/// section 6.4.1). A leader's lease rests on it.
final class PromiseTest {
  private static final PeerId ASKER = new PeerId(3);

  @Test
  void aLateMessageOfALaterTermDoesNotEndThePromise() {
    TestCluster cluster = TestCluster.ofVoters(3);
    TestPeer leader = cluster.elect(1);
    TestPeer follower = cluster.peer(2);
    cluster.cut(ASKER);
    cluster.tick();
    assertEquals(leader.id, follower.group.leader());
    EntryId last = follower.group.lastEntry();

    // Peer 3 had campaigned in term 5 before peer 1 led, and refused a pre-vote of peer 2 then;
    // only now that answer arrives.
    follower.group.receive(new PreVoteReply(ASKER, 5, false, EntryId.ZERO));
    follower.settle();
    cluster.network.clear();
    for (int tick = 0; tick < TestCluster.OPTIONS.electionTicks(); tick++) {
      follower.group.receive(new VoteRequest(ASKER, 6, last, false));
      follower.settle();
      assertTrue(cluster.network.isEmpty(), "tick " + tick + ": " + cluster.network);
      follower.group.tick();
    }
    follower.group.receive(new VoteRequest(ASKER, 6, last, false));
    follower.settle();
    assertEquals(1, cluster.network.size(), "a promise ends");
  }

  @Test
  void norDoesOneOfTheVeryTermInWhichTheVoteIsAskedFor() {
    TestCluster cluster = TestCluster.ofVoters(3);
    cluster.elect(1);
    TestPeer follower = cluster.peer(2);
    cluster.cut(ASKER);
    cluster.tick();
    EntryId last = follower.group.lastEntry();
    follower.group.receive(new PreVoteReply(ASKER, 5, false, EntryId.ZERO));
    assertFalse(isGranted(cluster, follower, new VoteRequest(ASKER, 5, last, false)));
    for (int tick = 0; tick < TestCluster.OPTIONS.electionTicks(); tick++) {
      follower.group.tick();
    }
    assertTrue(isGranted(cluster, follower, new VoteRequest(ASKER, 5, last, false)));
  }

  private static boolean isGranted(TestCluster cluster, TestPeer voter, VoteRequest request) {
    cluster.network.clear();
    voter.group.receive(request);
    voter.settle();
    return ((VoteReply) cluster.network.getFirst().message()).granted();
  }
}
