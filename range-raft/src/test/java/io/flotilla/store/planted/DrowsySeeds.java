package io.flotilla.store.planted;

import io.flotilla.sim.ChaosRun;
import io.flotilla.sim.SimFleet;
import io.flotilla.store.StoreOptions;
import io.flotilla.store.liveness.LivenessOptions;

/// Chaos in which ranges fall asleep after a moment: the seeds that find what is wrong with that.
public final class DrowsySeeds {
  private static final long RAGE = 8 * SimFleet.SECOND;

  private DrowsySeeds() {}

  /// Ranges that fall asleep after a moment.
  public static StoreOptions options() {
    long promise = 300 * SimFleet.MILLI;
    LivenessOptions liveness =
        new LivenessOptions(true, promise, 3, 3, 10, 10, 30, 200, SimFleet.SECOND, 100);
    return SimFleet.smallOptions().withLiveness(liveness);
  }

  public static ChaosRun life(long seed) {
    return new ChaosRun(seed, options(), true, RAGE);
  }

  /// The first seed up to `most` that fails, and how; empty: none does.
  public static String firstFailure(long most) {
    for (long seed = 1; seed <= most; seed++) {
      try {
        life(seed).run();
      } catch (AssertionError | RuntimeException found) {
        return seed + " " + found.getMessage();
      }
    }
    return "";
  }
}
