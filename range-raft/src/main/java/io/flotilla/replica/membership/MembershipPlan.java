package io.flotilla.replica.membership;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Changing who has a copy of a range.
///
/// Voters change only by joint consensus: one entry enters a joint descriptor, in which old and new
/// voters decide together, the next one leaves it. So there is no moment with fewer voters than
/// before and after. Learners come and go with one entry. A replica becomes a voter only after it
/// was a learner that has the log.
public final class MembershipPlan {
  private MembershipPlan() {}

  /// Why `descriptor` cannot get the replicas `target`; nothing if it can.
  public static Optional<String> objection(
      RangeDescriptor descriptor, List<ReplicaDescriptor> target) {
    boolean voter = false;
    for (ReplicaDescriptor wanted : target) {
      if (wanted.kind().isJoint()) {
        return Optional.of("a target names voters and learners, not " + wanted);
      }
      voter |= wanted.kind() == ReplicaKind.VOTER;
      Optional<ReplicaDescriptor> there = descriptor.replica(wanted.peer());
      if (there.isPresent() && !there.get().store().equals(wanted.store())) {
        return Optional.of(
            "peer "
                + wanted.peer()
                + " is on store "
                + there.get().store()
                + ", not on "
                + wanted.store()
                + ": a replica that moves needs a new peer id");
      }
      if (there.isEmpty() && wanted.kind() == ReplicaKind.VOTER) {
        return Optional.of("peer " + wanted.peer() + " is new: add it as a learner first");
      }
      if (there.isEmpty() && descriptor.replicaOn(wanted.store()).isPresent()) {
        return Optional.of(
            "store "
                + wanted.store()
                + " has a replica of range "
                + descriptor.id()
                + ": remove that first");
      }
    }
    if (!voter) {
      return Optional.of("a range needs at least one voter");
    }
    return hasTwice(target)
        ? Optional.of("the target names a peer or a store twice")
        : Optional.empty();
  }

  private static boolean hasTwice(List<ReplicaDescriptor> target) {
    for (int i = 0; i < target.size(); i++) {
      for (int j = i + 1; j < target.size(); j++) {
        ReplicaDescriptor a = target.get(i);
        ReplicaDescriptor b = target.get(j);
        if (a.peer().equals(b.peer()) || a.store().equals(b.store())) {
          return true;
        }
      }
    }
    return false;
  }

  /// The learners that `target` makes voters: they must have the log before.
  public static List<PeerId> promoted(RangeDescriptor descriptor, List<ReplicaDescriptor> target) {
    List<PeerId> promoted = new ArrayList<>();
    for (ReplicaDescriptor wanted : target) {
      Optional<ReplicaDescriptor> there = descriptor.replica(wanted.peer());
      if (wanted.kind() == ReplicaKind.VOTER
          && there.isPresent()
          && there.get().kind() == ReplicaKind.LEARNER) {
        promoted.add(wanted.peer());
      }
    }
    return promoted;
  }

  /// The first step from `descriptor` (not joint) towards `target`: joint if voters change.
  public static RangeDescriptor enter(RangeDescriptor descriptor, List<ReplicaDescriptor> target) {
    List<ReplicaDescriptor> next = new ArrayList<>();
    for (ReplicaDescriptor wanted : target) {
      Optional<ReplicaDescriptor> there = descriptor.replica(wanted.peer());
      next.add(there.isEmpty() ? wanted : there.get().withKind(between(there.get(), wanted)));
    }
    for (ReplicaDescriptor old : descriptor.replicas()) {
      boolean stays = target.stream().anyMatch(wanted -> wanted.peer().equals(old.peer()));
      if (!stays && old.kind() == ReplicaKind.VOTER) {
        next.add(old.withKind(ReplicaKind.OUTGOING));
      }
    }
    return descriptor.withReplicas(next);
  }

  private static ReplicaKind between(ReplicaDescriptor from, ReplicaDescriptor to) {
    if (from.kind() == to.kind()) {
      return to.kind();
    }
    return to.kind() == ReplicaKind.VOTER ? ReplicaKind.INCOMING : ReplicaKind.DEMOTING;
  }

  /// The step that leaves a joint descriptor.
  public static RangeDescriptor leave(RangeDescriptor joint) {
    List<ReplicaDescriptor> next = new ArrayList<>();
    for (ReplicaDescriptor replica : joint.replicas()) {
      switch (replica.kind()) {
        case VOTER, LEARNER -> next.add(replica);
        case INCOMING -> next.add(replica.withKind(ReplicaKind.VOTER));
        case DEMOTING -> next.add(replica.withKind(ReplicaKind.LEARNER));
        case OUTGOING -> {}
      }
    }
    return joint.withReplicas(next);
  }

  /// True if `command` was made for `current`; every replica decides alike.
  public static boolean isFor(RangeDescriptor current, MembershipCommand command) {
    return command.descriptor().id().equals(current.id())
        && command.descriptor().generation() == current.generation() + 1;
  }
}
