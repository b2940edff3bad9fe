package io.flotilla.raft.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Quorum arithmetic against a naive twin that tries all subsets of voters.
final class QuorumTest {
  private static final int CASES = 3000;
  private final RandomSource random = new RandomSource(11);

  @Test
  void aMajorityIsMoreThanHalf() {
    assertEquals(1, Quorum.majority(1));
    assertEquals(2, Quorum.majority(2));
    assertEquals(2, Quorum.majority(3));
    assertEquals(3, Quorum.majority(4));
    assertEquals(3, Quorum.majority(5));
  }

  @Test
  void agreedIsTheHighestValueThatAQuorumReaches() {
    for (int i = 0; i < CASES; i++) {
      Membership membership = membership();
      Map<PeerId, Long> values = new HashMap<>();
      for (PeerId peer : membership.peers()) {
        values.put(peer, (long) random.nextInt(6));
      }
      long expected = 0;
      for (long bound = 0; bound < 6; bound++) {
        long atLeast = bound;
        if (naive(membership, peer -> values.get(peer) >= atLeast)) {
          expected = bound;
        }
      }
      assertEquals(expected, Quorum.agreed(membership, values::get), membership + " " + values);
    }
  }

  @Test
  void aTallyIsWonLostOrOpenAsTheTwinSays() {
    for (int i = 0; i < CASES; i++) {
      Membership membership = membership();
      VoteTally tally = new VoteTally();
      List<PeerId> granted = new ArrayList<>();
      List<PeerId> refused = new ArrayList<>();
      for (PeerId peer : membership.peers()) {
        int answer = random.nextInt(3);
        if (answer < 2) {
          (answer == 0 ? granted : refused).add(peer);
          tally.record(peer, answer == 0);
          tally.record(peer, answer != 0);
        }
      }
      VoteTally.Outcome expected =
          naive(membership, granted::contains)
              ? VoteTally.Outcome.WON
              : naive(membership, peer -> !refused.contains(peer))
                  ? VoteTally.Outcome.PENDING
                  : VoteTally.Outcome.LOST;
      assertEquals(expected, tally.outcome(membership), membership + " " + granted + refused);
    }
  }

  @Test
  void nobodyIsNoQuorum() {
    Membership nobody = Membership.ofVoters(List.of());
    assertEquals(0, Quorum.agreed(nobody, _ -> 5));
    assertEquals(false, Quorum.has(nobody, _ -> true));
  }

  /// True if the peers that hold to `test` contain a majority of each set of voters: counts
  /// subsets.
  private static boolean naive(Membership membership, Predicate<PeerId> test) {
    return naive(membership.voters(), test)
        && (membership.outgoing().isEmpty() || naive(membership.outgoing(), test));
  }

  private static boolean naive(List<PeerId> voters, Predicate<PeerId> test) {
    for (int subset = 0; subset < 1 << voters.size(); subset++) {
      boolean all = true;
      for (int i = 0; i < voters.size(); i++) {
        all &= (subset >> i & 1) == 0 || test.test(voters.get(i));
      }
      if (all && 2 * Integer.bitCount(subset) > voters.size()) {
        return true;
      }
    }
    return false;
  }

  private Membership membership() {
    return new Membership(
        peers(1 + random.nextInt(5)),
        random.oneIn(2) ? List.of() : peers(random.nextInt(6)),
        peers(2));
  }

  private List<PeerId> peers(int count) {
    List<PeerId> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      peers.add(new PeerId(1 + random.nextInt(8)));
    }
    return peers;
  }
}
