package io.flotilla.keyspace;

import java.util.function.BooleanSupplier;

/// Rules that can only be broken by a bug. A check stands beside the change it protects and states
/// the rule in its text; breaking it throws, which poisons the one replica (or fails the
/// simulation).
///
/// Checks of constant cost are always on. Those that walk something say so with a [Cost] and run
/// only where assertions are enabled: in tests and in simulation.
public final class Invariant {
  private static final boolean GRADED = Invariant.class.desiredAssertionStatus();

  private Invariant() {}

  /// What a check costs when it is more than constant.
  public enum Cost {
    LINEAR,
    QUADRATIC
  }

  public static void check(boolean holds, String rule) {
    if (!holds) {
      throw new Broken(rule);
    }
  }

  public static void check(boolean holds, String rule, long found) {
    if (!holds) {
      throw new Broken(rule + " (found " + found + ")");
    }
  }

  public static void check(boolean holds, String rule, long left, long right) {
    if (!holds) {
      throw new Broken(rule + " (found " + left + " and " + right + ")");
    }
  }

  public static void check(Cost cost, BooleanSupplier holds, String rule) {
    if (GRADED && !holds.getAsBoolean()) {
      throw new Broken(rule + " (" + cost + " check)");
    }
  }

  /// A rule was broken: nothing of this object can be trusted any more.
  public static final class Broken extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Broken(String rule) {
      super("broken invariant: " + rule);
    }
  }
}
