package io.flotilla.engine.route;

import io.flotilla.keyspace.Timestamp;
import java.util.function.Consumer;

/// Asks the timestamp oracle for moments to read at.
public interface SnapshotSource {
  /// Draws one timestamp after this call. Calls back exactly once, on any thread, no later than
  /// soon after `timeoutNanos`. Never blocks.
  void draw(long timeoutNanos, Consumer<Drawn> onDrawn);

  /// What came of a draw.
  sealed interface Drawn {
    record At(Timestamp timestamp) implements Drawn {}

    /// Nobody could say; it may succeed in a while.
    record Failed(String reason) implements Drawn {}
  }
}
