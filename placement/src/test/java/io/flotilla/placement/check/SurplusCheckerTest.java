package io.flotilla.placement.check;

import static io.flotilla.placement.check.Views.MIB;
import static io.flotilla.placement.check.Views.dead;
import static io.flotilla.placement.check.Views.down;
import static io.flotilla.placement.check.Views.holding;
import static io.flotilla.placement.check.Views.lagging;
import static io.flotilla.placement.check.Views.range;
import static io.flotilla.placement.check.Views.up;
import static io.flotilla.placement.check.Views.view;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.placement.RangeReport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each row: what is so, the view, the range, and what is found. Peer 11 on store 1 leads.
class SurplusCheckerTest {
  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of(
            "a learner that nobody needs",
            view(up(1), up(2), up(3), up(4)),
            range(MIB, "1", "2", "3", "4L"),
            "REMOVE_LEARNER: remove learner 14"),
        Arguments.of(
            "a learner on a store that is down, too",
            view(up(1), up(2), up(3), down(4)),
            range(MIB, "1", "2", "3", "4L"),
            "REMOVE_LEARNER: remove learner 14"),
        Arguments.of(
            "one that may be needed",
            view(up(1), up(2), down(3), up(4)),
            range(MIB, "1", "2", "3", "4L"),
            "-"),
        Arguments.of(
            "one that may be needed, for a voter lags",
            view(up(1), up(2), up(3), up(4)),
            lagging(range(MIB, "1", "2", "3", "4L"), 13),
            "-"),
        Arguments.of(
            "the second copy of a small fleet", view(up(1), up(2)), range(MIB, "1", "2L"), "-"),
        Arguments.of(
            "of five voters the dead and the silent go",
            view(up(1), dead(2), up(3), down(4), up(5)),
            range(MIB, "1", "2", "3", "4", "5"),
            "SHRINK: change replicas to [11@1, 13@3, 15@5]"),
        Arguments.of(
            "then who lags, then who is on the fullest store",
            view(up(1), holding(2, 5), holding(3, 9), up(4), up(5)),
            lagging(range(MIB, "1", "2", "3", "4", "5"), 15),
            "SHRINK: change replicas to [11@1, 12@2, 14@4]"),
        Arguments.of(
            "an even number becomes odd; the leader stays",
            view(holding(1, 99), up(2), up(3), up(4)),
            range(MIB, "1", "2", "3", "4"),
            "SHRINK: change replicas to [11@1, 12@2, 13@3]"),
        Arguments.of(
            "not while the rest could decide nothing",
            view(up(1), down(2), down(3), down(4), down(5)),
            range(MIB, "1", "2", "3", "4", "5"),
            "later"),
        Arguments.of("enough", view(up(1), up(2), up(3)), range(MIB, "1", "2", "3"), "-"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decides(String what, ClusterView view, RangeReport range, String expected) {
    assertEquals(expected, Views.text(new SurplusChecker().check(view, range)), what);
  }
}
