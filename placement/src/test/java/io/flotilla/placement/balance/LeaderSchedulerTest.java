package io.flotilla.placement.balance;

import static io.flotilla.placement.check.Views.MIB;
import static io.flotilla.placement.check.Views.down;
import static io.flotilla.placement.check.Views.full;
import static io.flotilla.placement.check.Views.leading;
import static io.flotilla.placement.check.Views.range;
import static io.flotilla.placement.check.Views.removed;
import static io.flotilla.placement.check.Views.view;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.check.ClusterView;
import io.flotilla.placement.check.Finding;
import io.flotilla.placement.check.LeaderLimits;
import io.flotilla.placement.check.Leaders;
import io.flotilla.placement.check.Views;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each row: what is so, the view, the range, and what is found. Peer 11 on store 1 leads, and a
/// store may lead eight more than another.
class LeaderSchedulerTest {
  private static final LeaderLimits LIMITS = LeaderLimits.DEFAULT;
  private static final RangeReport RANGE = range(MIB, "1", "2", "3");
  private static final String TO_3 = "BALANCE_LEADERS: transfer leader to 13@3";
  private static final String TO_2 = "BALANCE_LEADERS: transfer leader to 12@2";

  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of(
            "to the voter's store that leads fewest",
            view(leading(1, 20), leading(2, 5), leading(3, 4)),
            RANGE,
            TO_3),
        Arguments.of(
            "of two that lead as many, to the first",
            view(leading(1, 20), leading(2, 4), leading(3, 4)),
            RANGE,
            TO_2),
        Arguments.of(
            "eight more are no reason",
            view(leading(1, 9), leading(2, 9), leading(3, 1)),
            RANGE,
            "-"),
        Arguments.of("nine are", view(leading(1, 10), leading(2, 9), leading(3, 1)), RANGE, TO_3),
        Arguments.of(
            "of very many, a twentieth of a share is none",
            view(leading(1, 33_000), leading(2, 34_000), leading(3, 31_500)),
            RANGE,
            "-"),
        Arguments.of(
            "somebody else leads most",
            view(leading(1, 4), leading(2, 90), leading(3, 4)),
            RANGE,
            "-"),
        Arguments.of(
            "a store without a voter is none to move to",
            view(leading(1, 20), leading(2, 15), leading(3, 15), leading(4, 0)),
            RANGE,
            "-"),
        Arguments.of(
            "nor is a learner's",
            view(leading(1, 20), leading(2, 15), leading(3, 15), leading(4, 0)),
            range(MIB, "1", "2", "3", "4L"),
            "-"));
  }

  static Stream<Arguments> whoTakesNone() {
    return Stream.of(
        Arguments.of("one that is down", view(leading(1, 20), down(2), down(3)), RANGE, "-"),
        Arguments.of("nor one that is to go", view(leading(1, 20), removed(2)), RANGE, "-"),
        Arguments.of("nor one without room", view(leading(1, 20), full(2)), RANGE, "-"),
        Arguments.of(
            "nor one that was away just now",
            view(leading(1, 20), leading(2, new Leaders(0, 0, false)), leading(3, 4)),
            RANGE,
            TO_3),
        Arguments.of(
            "the leader's store gives away as many as it may",
            view(leading(1, new Leaders(999, 64, true)), leading(2, 5), leading(3, 4)),
            RANGE,
            "later"),
        Arguments.of(
            "the other takes as many as it may",
            view(leading(1, 999), leading(2, 5), leading(3, new Leaders(4, 64, true))),
            RANGE,
            "later"),
        Arguments.of(
            "the placement group stays",
            view(leading(1, 20), leading(2, 5), leading(3, 4)),
            range(RangeDescriptor.PLACEMENT, MIB, "1", "2", "3"),
            "-"),
        Arguments.of("who leads is not known", view(leading(2, 5), leading(3, 4)), RANGE, "-"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"cases", "whoTakesNone"})
  void finds(String what, ClusterView view, RangeReport range, String found) {
    assertEquals(found, Views.text(new LeaderScheduler().check(view, range)), what);
  }

  @Test
  void withoutAGapNothingMoves() {
    ClusterView view = view(leading(1, 20), leading(2, 5), leading(3, 4));
    ClusterView off = Views.limited(view, view.limits().withLeaders(LIMITS.with(0, 0)));
    assertEquals("-", Views.text(new LeaderScheduler().check(off, RANGE)));
  }

  /// One after the other, each decision seeing those before it, until there is nothing to do.
  @Test
  void endsAndIsNotUndone() {
    ClusterView view = view(leading(1, 60), leading(2, 0), leading(3, 0));
    int moved = 0;
    while (new LeaderScheduler().check(view, RANGE) instanceof Finding.Start(var operator)) {
      view = view.with(operator, RANGE);
      moved++;
      assertTrue(moved < 60, "it comes to an end");
    }
    assertEquals(35, moved);
    assertEquals(25, view.stores().getFirst().leaders().count());
    for (String first : new String[] {"2", "3"}) {
      RangeReport theirs = range(MIB, first, "1", first.equals("2") ? "3" : "2");
      assertEquals("-", Views.text(new LeaderScheduler().check(view, theirs)), first);
    }
  }
}
