package io.flotilla.raft.membership;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The peers of a group, each list sorted and without repeats.
///
/// @param voters the (incoming) configuration's voters
/// @param outgoing the outgoing configuration's voters; empty unless joint
/// @param learners peers that receive the log and count in no quorum; disjoint from both others,
///   but for a demoted voter, which stands in `outgoing` and in `learners` until the joint stage
///   ends
public record Membership(List<PeerId> voters, List<PeerId> outgoing, List<PeerId> learners) {
  public Membership {
    voters = sorted(voters);
    outgoing = sorted(outgoing);
    learners = sorted(learners);
  }

  /// A configuration of voters alone.
  public static Membership ofVoters(List<PeerId> voters) {
    return new Membership(voters, List.of(), List.of());
  }

  /// What a range's descriptor says of its group.
  public static Membership of(RangeDescriptor descriptor) {
    List<PeerId> voters = new ArrayList<>();
    List<PeerId> outgoing = new ArrayList<>();
    List<PeerId> learners = new ArrayList<>();
    boolean joint = descriptor.isJoint();
    for (ReplicaDescriptor replica : descriptor.replicas()) {
      if (replica.kind().votesInIncoming()) {
        voters.add(replica.peer());
      }
      if (joint && replica.kind().votesInOutgoing()) {
        outgoing.add(replica.peer());
      }
      if (replica.kind() == ReplicaKind.LEARNER || replica.kind() == ReplicaKind.DEMOTING) {
        learners.add(replica.peer());
      }
    }
    return new Membership(voters, outgoing, learners);
  }

  public boolean isJoint() {
    return !outgoing.isEmpty();
  }

  public boolean isVoter(PeerId peer) {
    return voters.contains(peer) || outgoing.contains(peer);
  }

  public boolean contains(PeerId peer) {
    return isVoter(peer) || learners.contains(peer);
  }

  /// Everybody, sorted, once.
  public List<PeerId> peers() {
    TreeSet<PeerId> all = new TreeSet<>(voters);
    all.addAll(outgoing);
    all.addAll(learners);
    return List.copyOf(all);
  }

  private static List<PeerId> sorted(List<PeerId> peers) {
    return List.copyOf(new TreeSet<>(peers));
  }
}
