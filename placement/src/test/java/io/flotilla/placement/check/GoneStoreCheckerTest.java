package io.flotilla.placement.check;

import static io.flotilla.placement.check.Views.MIB;
import static io.flotilla.placement.check.Views.dead;
import static io.flotilla.placement.check.Views.down;
import static io.flotilla.placement.check.Views.filling;
import static io.flotilla.placement.check.Views.five;
import static io.flotilla.placement.check.Views.full;
import static io.flotilla.placement.check.Views.lagging;
import static io.flotilla.placement.check.Views.range;
import static io.flotilla.placement.check.Views.removed;
import static io.flotilla.placement.check.Views.up;
import static io.flotilla.placement.check.Views.view;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.placement.RangeReport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each row: what is so, the view, the range, and what is found ("-": nothing, "later": what cannot
/// be done now).
class GoneStoreCheckerTest {
  static Stream<Arguments> cases() {
    return Stream.concat(replaced(), left());
  }

  private static Stream<Arguments> replaced() {
    return Stream.of(
        Arguments.of(
            "a dead voter is replaced",
            view(up(1), up(2), dead(3), up(4)),
            range(MIB, "1", "2", "3"),
            "REPLACE: add learner 100@4; wait for 100; change replicas to [11@1, 12@2, 100@4]"),
        Arguments.of(
            "with the learner that is there",
            view(up(1), up(2), dead(3), up(4), up(5)),
            range(MIB, "1", "2", "3", "4L"),
            "REPLACE: wait for 14; change replicas to [11@1, 12@2, 14@4]"),
        Arguments.of(
            "two at once",
            five(view(up(1), up(2), up(3), dead(4), removed(5), up(6), up(7))),
            range(MIB, "1", "2", "3", "4", "5"),
            "REPLACE: add learner 100@6; add learner 101@7; wait for 100; wait for 101;"
                + " change replicas to [11@1, 12@2, 13@3, 100@6, 101@7]"),
        Arguments.of(
            "one of two, since there is one place",
            five(view(up(1), up(2), up(3), dead(4), dead(5), up(6))),
            range(MIB, "1", "2", "3", "4", "5"),
            "REPLACE: add learner 100@6; wait for 100;"
                + " change replicas to [11@1, 12@2, 13@3, 15@5, 100@6]"),
        Arguments.of(
            "a dead learner is taken away first",
            view(up(1), up(2), dead(3), up(4), dead(5)),
            range(MIB, "1", "2", "3", "5L"),
            "REMOVE_LEARNER: remove learner 15"),
        Arguments.of(
            "a store on its way out hands over what it leads",
            view(removed(1), up(2), up(3), up(4)),
            lagging(range(MIB, "1", "2", "3"), 12),
            "EVACUATE: transfer leader to 13@3"),
        Arguments.of(
            "the only voter goes when another one is there",
            view(removed(1), up(2), up(3), up(4)),
            range(MIB, "1"),
            "REPLACE: add learner 100@2; wait for 100; change replicas to [100@2]"));
  }

  private static Stream<Arguments> left() {
    return Stream.of(
        Arguments.of(
            "who is down for a while comes back",
            view(up(1), up(2), down(3), up(4)),
            range(MIB, "1", "2", "3"),
            "-"),
        Arguments.of(
            "no place, so it stays",
            view(up(1), up(2), dead(3), down(4), full(5)),
            range(MIB, "1", "2", "3"),
            "-"),
        Arguments.of(
            "a place that is taken for now",
            view(up(1), up(2), dead(3), filling(4, 8)),
            range(MIB, "1", "2", "3"),
            "later"),
        Arguments.of(
            "too many voters: another checker lets it go",
            view(up(1), up(2), up(3), dead(4), up(5)),
            range(MIB, "1", "2", "3", "4"),
            "-"),
        Arguments.of("all well", view(up(1), up(2), up(3)), range(MIB, "1", "2", "3"), "-"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decides(String what, ClusterView view, RangeReport range, String expected) {
    assertEquals(expected, Views.text(new GoneStoreChecker().check(view, range)), what);
  }
}
