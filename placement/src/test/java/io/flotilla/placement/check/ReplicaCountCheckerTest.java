package io.flotilla.placement.check;

import static io.flotilla.placement.check.Views.MIB;
import static io.flotilla.placement.check.Views.dead;
import static io.flotilla.placement.check.Views.down;
import static io.flotilla.placement.check.Views.filling;
import static io.flotilla.placement.check.Views.full;
import static io.flotilla.placement.check.Views.holding;
import static io.flotilla.placement.check.Views.range;
import static io.flotilla.placement.check.Views.removed;
import static io.flotilla.placement.check.Views.sending;
import static io.flotilla.placement.check.Views.up;
import static io.flotilla.placement.check.Views.view;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.placement.RangeReport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each row: what is so, the view, the range, and the operator that follows ("-": none).
class ReplicaCountCheckerTest {
  static Stream<Arguments> cases() {
    return Stream.concat(growth(), waiting());
  }

  private static Stream<Arguments> growth() {
    return Stream.of(
        Arguments.of("alone", view(up(1)), range(MIB, "1"), "-"),
        Arguments.of(
            "two stores: a learner, no second vote",
            view(up(1), up(2)),
            range(MIB, "1"),
            "GROW: add learner 100@2; wait for 100"),
        Arguments.of(
            "two stores with the learner: enough", view(up(1), up(2)), range(MIB, "1", "2L"), "-"),
        Arguments.of(
            "three stores: both, then one joint change",
            view(up(1), up(2), up(3)),
            range(MIB, "1"),
            "GROW: add learner 100@2; add learner 101@3; wait for 100; wait for 101;"
                + " change replicas to [11@1, 100@2, 101@3]"),
        Arguments.of(
            "the third store comes",
            view(up(1), up(2), up(3)),
            range(MIB, "1", "2L"),
            "GROW: add learner 100@3; wait for 12; wait for 100;"
                + " change replicas to [11@1, 12@2, 100@3]"),
        Arguments.of(
            "a plan that was dropped goes on where it stopped",
            view(up(1), up(2), up(3)),
            range(MIB, "1", "2L", "3L"),
            "GROW: wait for 12; wait for 13; change replicas to [11@1, 12@2, 13@3]"),
        Arguments.of(
            "two voters grow to three",
            view(up(1), up(2), up(3)),
            range(MIB, "1", "2"),
            "GROW: add learner 100@3; wait for 100; change replicas to [11@1, 12@2, 100@3]"),
        Arguments.of("enough", view(up(1), up(2), up(3), up(4)), range(MIB, "1", "2", "3"), "-"));
  }

  private static Stream<Arguments> waiting() {
    return Stream.of(
        Arguments.of(
            "a dead voter is another checker's",
            view(up(1), up(2), dead(3), up(4)),
            range(MIB, "1", "2", "3"),
            "-"),
        Arguments.of(
            "a learner whose store is away for a while is waited for",
            view(up(1), down(2), up(3)),
            range(MIB, "1", "2L", "3L"),
            "-"),
        Arguments.of(
            "dead and removed stores get nothing",
            view(up(1), dead(2), removed(3), up(4)),
            range(MIB, "1"),
            "GROW: add learner 100@4; wait for 100"),
        Arguments.of(
            "a store that is down gets nothing",
            view(up(1), down(2), up(3)),
            range(MIB, "1"),
            "GROW: add learner 100@3; wait for 100"),
        Arguments.of(
            "the emptiest stores first",
            view(up(1), holding(2, 9), holding(3, 3), holding(4, 5)),
            range(MIB, "1"),
            "GROW: add learner 100@3; add learner 101@4; wait for 100; wait for 101;"
                + " change replicas to [11@1, 100@3, 101@4]"),
        Arguments.of(
            "a store that fills its share waits its turn",
            view(up(1), filling(2, 8), up(3)),
            range(MIB, "1"),
            "GROW: add learner 100@3; wait for 100"),
        Arguments.of(
            "a leader that sends its share waits too",
            view(sending(1, 8), up(2), up(3)),
            range(MIB, "1"),
            "later"),
        Arguments.of(
            "a store without room is passed over",
            view(up(1), full(2), up(3)),
            range(MIB, "1"),
            "GROW: add learner 100@3; wait for 100"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decides(String what, ClusterView view, RangeReport range, String expected) {
    assertEquals(expected, Views.text(new ReplicaCountChecker().check(view, range)), what);
  }

  @Test
  void thePlacementGroupIsARangeLikeAnyOther() {
    RangeReport placement = range(RangeDescriptor.PLACEMENT, MIB, "1");
    Operator operator =
        new ReplicaCountChecker()
            .check(view(up(1), up(2), up(3)), placement)
            .toStart()
            .orElseThrow();
    assertEquals(RangeDescriptor.PLACEMENT, operator.range());
    assertEquals(5, operator.generation());
    assertEquals(OperatorLimits.DEFAULT.replicaMillis(), operator.deadlineMillis());
  }

  @Test
  void withoutIdsNothingIsAdded() {
    ClusterView view = view(up(1), up(2), up(3));
    ClusterView poor =
        new ClusterView(0, view.policy(), view.limits(), view.stores(), 100, 1, 50, 0);
    assertEquals(
        "GROW: add learner 100@2; wait for 100",
        new ReplicaCountChecker().check(poor, range(MIB, "1")).toStart().orElseThrow().toString());
  }

  @Test
  void aStartedOperatorIsInTheNextView() {
    RangeReport range = range(MIB, "1");
    ClusterView before = view(up(1), up(2));
    Operator operator = new ReplicaCountChecker().check(before, range).toStart().orElseThrow();
    ClusterView after = before.with(operator, range);
    assertEquals(101, after.freePeers());
    assertEquals(19, after.peersLeft());
    assertEquals(1, after.stores().getFirst().outbound());
    assertEquals(1, after.stores().getLast().inbound());
    assertEquals(MIB, after.stores().getLast().bytes());
  }
}
