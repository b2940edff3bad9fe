package io.flotilla.engine;

import java.time.Duration;

/// How an engine behaves for its caller. Options of a node are in its configuration file.
///
/// @param deadline of calls that name none
public record EngineOptions(Duration deadline) {
  public static final EngineOptions DEFAULT = new EngineOptions(Duration.ofSeconds(10));

  public EngineOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("the deadline must be positive, got " + deadline);
    }
  }
}
