package io.flotilla.placement.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PeerProgress;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step.AddLearner;
import io.flotilla.placement.Step.ChangeReplicas;
import io.flotilla.placement.Step.WaitForCatchUp;
import io.flotilla.placement.check.Operator.Progress;
import io.flotilla.placement.check.Operator.Progress.Done;
import io.flotilla.placement.check.Operator.Progress.Dropped;
import io.flotilla.placement.check.Operator.Progress.Going;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorTest {
  private static final ReplicaDescriptor FIRST = replica(1, ReplicaKind.VOTER);
  private static final PeerId NEW = new PeerId(2);

  private final Operator grow =
      new Operator(
          new RangeId(7),
          Operator.Kind.GROW,
          List.of(
              new AddLearner(new StoreId(2), NEW),
              new WaitForCatchUp(NEW),
              new ChangeReplicas(List.of(FIRST, replica(2, ReplicaKind.VOTER)))),
          5,
          1_000);

  private static ReplicaDescriptor replica(long id, ReplicaKind kind) {
    return new ReplicaDescriptor(new PeerId(id), new StoreId(id), kind);
  }

  private static RangeReport report(long generation, long match, ReplicaDescriptor... replicas) {
    return new RangeReport(
        new RangeDescriptor(new RangeId(7), KeySpan.ALL, generation, List.of(replicas)),
        1,
        FIRST.peer(),
        10_000,
        RangeSize.UNKNOWN,
        List.of(new PeerProgress(NEW, match, true)));
  }

  private static Operator going(Progress progress) {
    return assertInstanceOf(Going.class, progress).operator();
  }

  @Test
  void nothingHappenedYet() {
    assertEquals(grow, going(grow.observe(report(5, 0, FIRST), 0)));
  }

  @Test
  void aStepThatTheReportShowsIsOver() {
    Operator next = going(grow.observe(report(6, 0, FIRST, replica(2, ReplicaKind.LEARNER)), 0));
    assertEquals(new WaitForCatchUp(NEW), next.current());
    assertEquals(6, next.generation());
  }

  @Test
  void severalStepsMayBeOverAtOnce() {
    Operator next =
        going(grow.observe(report(6, 9_999, FIRST, replica(2, ReplicaKind.LEARNER)), 0));
    assertInstanceOf(ChangeReplicas.class, next.current());
  }

  @Test
  void aFollowerFarBehindIsWaitedFor() {
    RangeReport behind = report(6, 9_700, FIRST, replica(2, ReplicaKind.LEARNER));
    assertEquals(new WaitForCatchUp(NEW), going(grow.observe(behind, 0)).current());
  }

  @Test
  void theJointStageIsOnTheWay() {
    RangeReport learner = report(6, 9_999, FIRST, replica(2, ReplicaKind.LEARNER));
    Operator change = going(grow.observe(learner, 0));
    RangeReport joint = report(7, 9_999, FIRST, replica(2, ReplicaKind.INCOMING));
    assertInstanceOf(ChangeReplicas.class, going(change.observe(joint, 0)).current());
    RangeReport done = report(8, 9_999, FIRST, replica(2, ReplicaKind.VOTER));
    assertInstanceOf(Done.class, change.observe(done, 0));
  }

  @Test
  void anotherChangeMakesItVoid() {
    RangeReport changed = report(6, 0, FIRST, replica(3, ReplicaKind.LEARNER));
    assertEquals(new Dropped("superseded: range is at generation 6"), grow.observe(changed, 0));
  }

  @Test
  void anOldReportChangesNothing() {
    RangeReport old = report(4, 9_999, FIRST, replica(2, ReplicaKind.LEARNER));
    assertEquals(grow, going(grow.observe(old, 0)));
  }

  @Test
  void timeRunsOut() {
    assertEquals(new Dropped("time limit"), grow.observe(report(5, 0, FIRST), 1_001));
  }

  @Test
  void whatIsDoneIsDoneHoweverLate() {
    RangeReport done = report(8, 9_999, FIRST, replica(2, ReplicaKind.VOTER));
    assertInstanceOf(Done.class, grow.observe(done, 99_999));
  }
}
