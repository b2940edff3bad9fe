package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import java.util.function.Consumer;

/// Gives a request to a replica so that it is answered whatever happens.
final class Serving {
  private Serving() {}

  /// What the machine throws goes on to the caller, who takes the replica out; but before that
  /// whoever asked is told, unless he was already.
  static void serve(RangeId range, RangeRequest request, Consumer<RangeRequest> machine) {
    try {
      machine.accept(request);
    } catch (RuntimeException e) {
      try {
        request.refuse(new Refusal.Unavailable("range " + range + " broke: " + e.getMessage()));
      } catch (RuntimeException answered) {
        e.addSuppressed(answered);
      }
      throw e;
    }
  }
}
