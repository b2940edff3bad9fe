package io.flotilla.replica.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MembershipPlanTest {
  private final RangeDescriptor three =
      new RangeDescriptor(
          RangeDescriptor.FIRST, KeySpan.ALL, 7, List.of(voter(1), voter(2), voter(3), learner(4)));

  @Test
  void aLearnerComesAndGoesInOneStep() {
    List<ReplicaDescriptor> more = new ArrayList<>(three.replicas());
    more.add(learner(5));
    RangeDescriptor with = MembershipPlan.enter(three, more);
    assertEquals(more, with.replicas());
    assertEquals(8, with.generation());
    assertFalse(with.isJoint());
    assertEquals(three.replicas(), MembershipPlan.enter(with, three.replicas()).replicas());
  }

  @Test
  void aSwapGoesOverAJointDescriptor() {
    RangeDescriptor joint = MembershipPlan.enter(three, List.of(voter(1), voter(2), voter(4)));
    assertEquals(
        List.of(voter(1), voter(2), of(3, ReplicaKind.OUTGOING), of(4, ReplicaKind.INCOMING)),
        joint.replicas());
    RangeDescriptor left = MembershipPlan.leave(joint);
    assertEquals(List.of(voter(1), voter(2), voter(4)), left.replicas());
    assertEquals(9, left.generation());
  }

  @Test
  void aDemotedVoterStaysAsALearner() {
    RangeDescriptor joint =
        MembershipPlan.enter(three, List.of(voter(1), voter(2), learner(3), learner(4)));
    assertEquals(of(3, ReplicaKind.DEMOTING), joint.replicas().get(2));
    assertEquals(learner(3), MembershipPlan.leave(joint).replicas().get(2));
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertObjection("needs at least one voter", List.of(learner(4)));
    assertObjection("add it as a learner first", List.of(voter(1), voter(9)));
    assertObjection("names voters and learners", List.of(of(1, ReplicaKind.OUTGOING)));
    assertObjection(
        "has a replica of range",
        List.of(
            voter(1), new ReplicaDescriptor(new PeerId(9), new StoreId(2), ReplicaKind.LEARNER)));
    assertObjection(
        "needs a new peer id",
        List.of(new ReplicaDescriptor(new PeerId(1), new StoreId(9), ReplicaKind.VOTER)));
    assertObjection("twice", List.of(voter(1), voter(1)));
  }

  /// On the way there are never fewer voters, in either configuration, than at the poorer end.
  @Test
  void noStepHasFewerVotersThanBothEnds() {
    RandomSource random = new RandomSource(3);
    for (int i = 0; i < 2_000; i++) {
      RangeDescriptor from = random(random);
      List<ReplicaDescriptor> target = new ArrayList<>();
      for (ReplicaDescriptor each : from.replicas()) {
        if (!random.oneIn(3)) {
          target.add(each.withKind(random.oneIn(3) ? ReplicaKind.LEARNER : ReplicaKind.VOTER));
        }
      }
      if (MembershipPlan.objection(from, target).isPresent()) {
        continue;
      }
      RangeDescriptor joint = MembershipPlan.enter(from, target);
      RangeDescriptor end = joint.isJoint() ? MembershipPlan.leave(joint) : joint;
      target.sort((a, b) -> a.peer().compareTo(b.peer()));
      assertEquals(target, end.replicas());
      Membership before = Membership.of(from);
      Membership middle = Membership.of(joint);
      assertEquals(Membership.of(end).voters(), middle.voters());
      if (joint.isJoint()) {
        assertEquals(before.voters(), middle.outgoing());
      } else {
        assertEquals(before.voters(), middle.voters());
      }
    }
  }

  private void assertObjection(String part, List<ReplicaDescriptor> target) {
    String objection = MembershipPlan.objection(three, target).orElse("none");
    assertTrue(objection.contains(part), objection);
  }

  private static RangeDescriptor random(RandomSource random) {
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    replicas.add(voter(1));
    for (int i = 2; i <= 1 + random.nextInt(6); i++) {
      replicas.add(random.oneIn(2) ? voter(i) : learner(i));
    }
    return new RangeDescriptor(RangeDescriptor.FIRST, KeySpan.ALL, 1, replicas);
  }

  private static ReplicaDescriptor voter(long n) {
    return of(n, ReplicaKind.VOTER);
  }

  private static ReplicaDescriptor learner(long n) {
    return of(n, ReplicaKind.LEARNER);
  }

  private static ReplicaDescriptor of(long n, ReplicaKind kind) {
    return new ReplicaDescriptor(new PeerId(n), new StoreId(n), kind);
  }
}
