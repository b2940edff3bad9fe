package io.flotilla.engine.route;

import io.flotilla.keyspace.Key;
import java.util.function.Consumer;

/// Asks the placement group which range has a key.
public interface RangeLookup {
  /// Calls back exactly once, on any thread, no later than soon after `timeoutNanos`. Never blocks.
  void find(Key key, long timeoutNanos, Consumer<Found> onFound);

  /// What came of a lookup.
  sealed interface Found {
    record Known(Route route) implements Found {}

    /// Nobody could say; it may succeed in a while.
    record Failed(String reason) implements Found {}
  }
}
