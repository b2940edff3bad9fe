package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Random legal next memberships: one-step changes, joint ones, and always out of a joint one.
final class ScheduleMembership {
  private final RandomSource random;
  private final int peers;

  ScheduleMembership(RandomSource random, int peers) {
    this.random = random;
    this.peers = peers;
  }

  Membership next(Membership now, Predicate<PeerId> mayVote) {
    if (now.isJoint()) {
      return new Membership(now.voters(), List.of(), now.learners());
    }
    return random.oneIn(2) ? oneStep(now, mayVote) : joint(now, mayVote);
  }

  /// Adds or removes one peer, as voter or learner.
  private Membership oneStep(Membership now, Predicate<PeerId> mayVote) {
    List<PeerId> voters = new ArrayList<>(now.voters());
    List<PeerId> learners = new ArrayList<>(now.learners());
    PeerId peer = new PeerId(1 + random.nextInt(peers));
    if (voters.contains(peer)) {
      if (voters.size() > 1) {
        voters.remove(peer);
        if (random.oneIn(2)) {
          learners.add(peer);
        }
      }
    } else if (learners.remove(peer)) {
      if (mayVote.test(peer) && random.oneIn(2)) {
        voters.add(peer);
      }
    } else {
      learners.add(peer);
    }
    return new Membership(voters, List.of(), learners);
  }

  private Membership joint(Membership now, Predicate<PeerId> mayVote) {
    List<PeerId> voters = new ArrayList<>();
    List<PeerId> learners = new ArrayList<>();
    for (long i = 1; i <= peers; i++) {
      PeerId peer = new PeerId(i);
      boolean stays = now.voters().contains(peer) ? !random.oneIn(3) : random.oneIn(5);
      if (stays && voters.size() < 5 && (now.voters().contains(peer) || mayVote.test(peer))) {
        voters.add(peer);
      } else if (now.contains(peer) && random.oneIn(3)) {
        learners.add(peer);
      }
    }
    return voters.isEmpty() ? now : new Membership(voters, now.voters(), learners);
  }
}
