package io.flotilla.store;

/// How many sleepers sweeps may wake in a tick.
final class WakeBudget {
  /*
   * Whoever is awake costs ten beats a second until it sleeps again. When more are awake than a
   * loop can serve, answers come late and nobody gets to sleep: so the more are awake the fewer
   * are woken, but always some, for those that are awake may be in use.
   */
  private static final int LOOKS_PER_WAKE = 25;
  private static final int AWAKE_PER_WAKE = 10;
  private static final int SOME_PART = 10;

  private final int wakesMax;
  private int wakes;
  private int looks;

  /// @param wakesMax in a tick, while few are awake
  WakeBudget(int wakesMax) {
    this.wakesMax = wakesMax;
  }

  /// A tick: `awake` replicas tick.
  void renew(int awake) {
    int room = AWAKE_PER_WAKE * wakesMax - awake;
    int some = Math.max(1, wakesMax / SOME_PART);
    wakes = Math.clamp(room, some, wakesMax);
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
