package io.flotilla.replica;

import java.util.function.Consumer;

/// Lets a machine deal with something so that whoever asked is answered whatever happens.
final class Serving {
  private Serving() {}

  /// What the machine throws goes on to the caller, who takes the replica out; but before that
  /// whoever asked is told, unless he was already.
  static void orRefuse(String where, Runnable machine, Consumer<Refusal> onRefused) {
    try {
      machine.run();
    } catch (RuntimeException e) {
      try {
        onRefused.accept(new Refusal.Unavailable(where + " broke: " + e.getMessage()));
      } catch (RuntimeException answered) {
        e.addSuppressed(answered);
      }
      throw e;
    }
  }
}
