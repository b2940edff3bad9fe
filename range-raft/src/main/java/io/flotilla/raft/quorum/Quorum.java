package io.flotilla.raft.quorum;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import java.util.List;
import java.util.function.Predicate;

/// What a majority of voters, or of both sets of a joint configuration, agrees on (paper, section
/// 6).
///
/// Configurations are a handful of peers, so everything here is a nested loop that allocates
/// nothing.
public final class Quorum {
  private Quorum() {}

  /// How many of `voters` are a majority.
  public static int majority(int voters) {
    Invariant.check(voters >= 0, "a number of voters is not negative", voters);
    return voters / 2 + 1;
  }

  /// The highest number that a quorum of the membership has reached or passed; 0 if there are no
  /// voters.
  public static long agreed(Membership membership, PeerValues values) {
    if (membership.voters().isEmpty()) {
      return 0;
    }
    long incoming = agreed(membership.voters(), values);
    return membership.isJoint()
        ? Math.min(incoming, agreed(membership.outgoing(), values))
        : incoming;
  }

  /// True if the peers that hold to `test` are a quorum of the membership. No voters: false.
  public static boolean has(Membership membership, Predicate<PeerId> test) {
    return has(membership.voters(), test)
        && (!membership.isJoint() || has(membership.outgoing(), test));
  }

  private static long agreed(List<PeerId> voters, PeerValues values) {
    int needed = majority(voters.size());
    long best = Long.MIN_VALUE;
    for (int i = 0; i < voters.size(); i++) {
      long value = values.of(voters.get(i));
      if (value > best && countAtLeast(voters, values, value) >= needed) {
        best = value;
      }
    }
    Invariant.check(best != Long.MIN_VALUE, "some voter's value is reached by a majority");
    return best;
  }

  private static int countAtLeast(List<PeerId> voters, PeerValues values, long bound) {
    int count = 0;
    for (int i = 0; i < voters.size(); i++) {
      if (values.of(voters.get(i)) >= bound) {
        count++;
      }
    }
    return count;
  }

  private static boolean has(List<PeerId> voters, Predicate<PeerId> test) {
    int count = 0;
    for (int i = 0; i < voters.size(); i++) {
      if (test.test(voters.get(i))) {
        count++;
      }
    }
    return count >= majority(voters.size());
  }
}
