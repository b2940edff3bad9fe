package io.flotilla.engine.route;

import io.flotilla.keyspace.Timestamp;
import java.util.function.Consumer;

/// Asks the placement driver to keep what can be read at a moment.
@FunctionalInterface
public interface HoldSource {
  /// Asks for a hold that lasts at least `ttlNanos` from this call. Calls back exactly once, on any
  /// thread, no later than soon after `timeoutNanos`. Never blocks.
  void hold(Timestamp at, long ttlNanos, long timeoutNanos, Consumer<Answer> onAnswer);

  /// What came of it.
  sealed interface Answer {
    record Held() implements Answer {}

    /// What can be read there may be gone already, or is too old to be kept; asking again does not
    /// help. `reason` says which, and what to do.
    record TooOld(String reason) implements Answer {}

    /// Nobody could say; it may succeed in a while.
    record Failed(String reason) implements Answer {}
  }
}
