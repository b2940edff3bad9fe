package io.flotilla.placement.check;

import static io.flotilla.placement.check.Views.MIB;
import static io.flotilla.placement.check.Views.range;
import static io.flotilla.placement.check.Views.up;
import static io.flotilla.placement.check.Views.view;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step.Split;
import java.util.List;
import org.junit.jupiter.api.Test;

class RangeSizeCheckerTest {
  private final RangeSizeChecker checker = new RangeSizeChecker();
  private final ClusterView view = view(up(1), up(2), up(3));

  @Test
  void aLargeRangeIsCutInTheMiddleOnTheSameStores() {
    Operator operator =
        checker.check(view, range(257 * MIB, "1", "2", "3L")).toStart().orElseThrow();
    assertEquals("SPLIT_BY_SIZE: split off range 50 in the middle", operator.toString());
    Split split = (Split) operator.current();
    assertEquals(
        List.of(
            new ReplicaDescriptor(new PeerId(100), new StoreId(1), ReplicaKind.VOTER),
            new ReplicaDescriptor(new PeerId(101), new StoreId(2), ReplicaKind.VOTER),
            new ReplicaDescriptor(new PeerId(102), new StoreId(3), ReplicaKind.LEARNER)),
        split.rightReplicas());
    assertEquals(3, operator.newPeers());
    assertEquals(1, operator.newRanges());
  }

  @Test
  void atTheLimitItStays() {
    assertEquals(Findings.NOTHING, checker.check(view, range(256 * MIB, "1")));
  }

  /// After a split: what is known was measured of the whole.
  @Test
  void aSizeOfAnEarlierGenerationSplitsNothing() {
    RangeReport measured = range(999 * MIB, "1");
    RangeReport old =
        new RangeReport(
            measured.descriptor(),
            measured.term(),
            measured.leader(),
            measured.committed(),
            new RangeSize(999 * MIB, measured.generation() - 1),
            measured.followers());
    assertEquals(Findings.NOTHING, checker.check(view, old));
    assertTrue(checker.check(view, measured).toStart().isPresent());
  }

  @Test
  void thePlacementGroupIsNeverCut() {
    RangeReport placement = range(RangeDescriptor.PLACEMENT, 999 * MIB, "1");
    assertEquals(Findings.NOTHING, checker.check(view, placement));
  }

  @Test
  void withoutIdsItWaits() {
    ClusterView poor =
        new ClusterView(0, view.policy(), view.limits(), view.stores(), 100, 2, 50, 5);
    assertEquals(Findings.LATER, checker.check(poor, range(999 * MIB, "1", "2", "3")));
    ClusterView poorer =
        new ClusterView(0, view.policy(), view.limits(), view.stores(), 100, 20, 50, 0);
    assertEquals(Findings.LATER, checker.check(poorer, range(999 * MIB, "1")));
  }
}
