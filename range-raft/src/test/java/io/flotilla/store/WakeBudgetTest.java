package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class WakeBudgetTest {
  private static final int WAKES = 100;

  private final WakeBudget budget = new WakeBudget(WAKES);

  @Test
  void whileFewAreAwakeAsManyAreWokenAsATickMay() {
    assertEquals(WAKES, wakes(0, false));
    assertEquals(WAKES, wakes(WAKES, false));
  }

  @Test
  void noMoreThanTheWindowAreAwakeAtOnceButForAFew() {
    int awake = 0;
    for (int tick = 0; tick < 20; tick++) {
      awake += wakes(awake, true);
    }
    assertTrue(awake < 6 * WAKES, "awake: " + awake);
    assertEquals(WAKES / 50, wakes(100 * WAKES, true));
    assertEquals(WAKES / 10, wakes(100 * WAKES, false));
  }

  @Test
  void theWindowGrowsWhileTicksAreOnTimeAndShrinksFasterWithLateOnes() {
    assertEquals(WAKES / 10, wakes(12 * WAKES, false));
    for (int tick = 0; tick < 40; tick++) {
      wakes(30 * WAKES, false);
    }
    assertEquals(WAKES, wakes(20 * WAKES, false));
    for (int tick = 0; tick < 10; tick++) {
      wakes(0, true);
    }
    assertEquals(WAKES / 50, wakes(3 * WAKES, true), "hardly any while that many are awake");
    assertEquals(WAKES, wakes(0, true), "but not none for those that sleep");
  }

  /// Else a loop that had nothing to do for long would wake all at once.
  @Test
  void aWindowThatNobodyUsesDoesNotGrow() {
    for (int tick = 0; tick < 1_000; tick++) {
      wakes(0, false);
    }
    assertEquals(WAKES / 10, wakes(12 * WAKES, false));
  }

  /// A storm of long ago says nothing either.
  @Test
  void aWindowThatIsHardlyUsedAnyMoreGoesBackToTheFirstOne() {
    for (int tick = 0; tick < 40; tick++) {
      wakes(30 * WAKES, false);
    }
    for (int tick = 0; tick < 200; tick++) {
      wakes(WAKES, false);
    }
    assertEquals(WAKES / 10, wakes(12 * WAKES, false));
  }

  @Test
  void looksAreBoundedToo() {
    budget.renew(0, false);
    int looks = 0;
    while (budget.isLeft()) {
      budget.onLook();
      looks++;
    }
    assertEquals(25 * WAKES, looks);
  }

  private int wakes(int awake, boolean late) {
    budget.renew(awake, late);
    int wakes = 0;
    while (budget.isLeft()) {
      budget.onLook();
      budget.onWake();
      wakes++;
    }
    return wakes;
  }
}
