package io.flotilla.replica;

import io.flotilla.keyspace.RangeId;
import java.util.function.Consumer;

/// What to do when a machine breaks over something that somebody waits for.
final class Serving {
  private Serving() {}

  /// Tells him, unless he was told already. Returns what the machine threw, which goes on to the
  /// caller, who takes the replica out.
  static RuntimeException refused(
      RangeId range, RuntimeException thrown, Consumer<Refusal> onRefused) {
    try {
      String reason = "range " + range + " broke: " + thrown.getMessage();
      onRefused.accept(new Refusal.Unavailable(reason));
    } catch (RuntimeException answered) {
      thrown.addSuppressed(answered);
    }
    return thrown;
  }
}
