package io.flotilla.sim.node;

import java.util.function.Supplier;

/// A rule of the fleet does not hold.
public final class Broken extends AssertionError {
  private static final long serialVersionUID = 1L;

  public Broken(String rule) {
    super(rule);
  }

  static void check(boolean holds, Supplier<String> rule) {
    if (!holds) {
      throw new Broken(rule.get());
    }
  }
}
