package io.flotilla.store;

/// How many sleepers sweeps may wake in a tick.
final class WakeBudget {
  /*
   * Whoever is awake costs ten beats a second until it sleeps again. When more are awake than a
   * loop can serve, its ticks come late, and with them all that is asked of it: the promises that
   * it gives and answers, the requests for ranges that have nothing to do with it. So there is a
   * window, as for a sender in a network: as long as ticks are on time and the window is used, more
   * and more may be awake at once; with each late tick it is a part fewer. A window that nobody
   * used says nothing about what the loop can serve, so then it goes back to the first one. Some
   * are always woken, for those that are awake may be in use.
   */
  private static final int LOOKS_PER_WAKE = 25;
  private static final int FIRST_TICKS = 6;
  private static final int LEAST_TICKS = 1;
  private static final int MOST_TICKS = 25;
  private static final int GROWTH_PART = 16;
  private static final int SHRINK_PART = 4;
  private static final int SOME_PART = 10;
  private static final int FEW_PART = 50;

  private final int wakesMax;
  private int window;
  private int wakes;
  private int looks;

  /// @param wakesMax in a tick
  WakeBudget(int wakesMax) {
    this.wakesMax = wakesMax;
    this.window = FIRST_TICKS * wakesMax;
  }

  /// A tick: `awake` replicas tick. `late`: the loop has more to do than it can.
  void renew(int awake, boolean late) {
    if (late) {
      window -= window / SHRINK_PART;
    } else if (awake > window / 2) {
      window += window / GROWTH_PART + 1;
    } else if (awake <= wakesMax / SOME_PART) {
      window = FIRST_TICKS * wakesMax;
    } else {
      window += (FIRST_TICKS * wakesMax - window) / GROWTH_PART;
    }
    window = Math.clamp(window, LEAST_TICKS * wakesMax, MOST_TICKS * wakesMax);
    int some = Math.max(1, wakesMax / (late ? FEW_PART : SOME_PART));
    wakes = Math.clamp(window - awake, some, wakesMax);
    looks = wakesMax * LOOKS_PER_WAKE;
  }

  boolean isLeft() {
    return wakes > 0 && looks > 0;
  }

  void onLook() {
    looks--;
  }

  void onWake() {
    wakes--;
  }
}
