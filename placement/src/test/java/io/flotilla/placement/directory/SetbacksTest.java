package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.placement.Step.RemoveLearner;
import io.flotilla.placement.check.Operator;
import io.flotilla.placement.check.Operator.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetbacksTest {
  private static final RangeId RANGE = new RangeId(7);

  private final Setbacks setbacks = new Setbacks(5_000, 600_000, 0);

  private static Operator operator(Kind kind) {
    return new Operator(RANGE, kind, List.of(new RemoveLearner(new PeerId(1))), 1, 0);
  }

  @Test
  void thePauseDoublesUpToALimit() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pauses.add(setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 0) / 1_000);
    }
    assertEquals(List.of(5L, 10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L, 600L), pauses);
  }

  @Test
  void whatWasOvertakenIsTriedAgainSoon() {
    for (int i = 0; i < 10; i++) {
      assertEquals(5_000, setbacks.dropped(operator(Kind.GROW), "superseded", 0));
    }
    setbacks.rejected(operator(Kind.GROW), "no", 0);
    assertEquals(5_000, setbacks.dropped(operator(Kind.GROW), "superseded", 0));
    assertEquals(10_000, setbacks.rejected(operator(Kind.GROW), "no", 0), "still the second");
  }

  @Test
  void onlyItsOwnKindWaits() {
    setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 1_000);
    assertTrue(setbacks.isPaused(RANGE, Kind.SPLIT_BY_SIZE, 5_999));
    assertFalse(setbacks.isPaused(RANGE, Kind.SPLIT_BY_SIZE, 6_000));
    assertFalse(setbacks.isPaused(RANGE, Kind.GROW, 1_000));
    assertFalse(setbacks.isPaused(new RangeId(8), Kind.SPLIT_BY_SIZE, 1_000));
  }

  @Test
  void successMakesItHistory() {
    setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 0);
    assertEquals("one key", setbacks.problem(RANGE).orElseThrow().reason());
    setbacks.clear(operator(Kind.GROW));
    assertTrue(setbacks.isPaused(RANGE, Kind.SPLIT_BY_SIZE, 0));
    setbacks.clear(operator(Kind.SPLIT_BY_SIZE));
    assertFalse(setbacks.isPaused(RANGE, Kind.SPLIT_BY_SIZE, 0));
    assertTrue(setbacks.problem(RANGE).isEmpty());
    assertEquals(5_000, setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 0));
  }

  @Test
  void whoBeginsAnewHasNotFailedYet() {
    setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 0);
    setbacks.begun(operator(Kind.SPLIT_BY_SIZE));
    assertTrue(setbacks.problem(RANGE).isEmpty());
    assertEquals(10_000, setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 0));
    setbacks.begun(new Operator(RANGE, Kind.GROW, List.of(new RemoveLearner(new PeerId(2))), 1, 0));
    assertTrue(setbacks.problem(RANGE).isPresent(), "it was another step");
  }

  @Test
  void whatIsOldIsForgotten() {
    setbacks.rejected(operator(Kind.SPLIT_BY_SIZE), "one key", 0);
    setbacks.forgetOld(600_000);
    assertTrue(setbacks.problem(RANGE).isPresent());
    setbacks.forgetOld(605_000);
    assertTrue(setbacks.problem(RANGE).isEmpty());
  }
}
