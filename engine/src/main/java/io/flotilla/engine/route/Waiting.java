package io.flotilla.engine.route;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/// How a caller of a synchronous method waits: its thread stands still, or, in a simulation, time
/// goes on.
public interface Waiting {
  /// The caller's thread stands still.
  Waiting THREAD =
      new Waiting() {
        @Override
        public void until(CompletableFuture<?> done) {
          // Whoever asks for the result afterwards waits for it.
        }

        @Override
        public void pause(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };

  /// Called before the result of `done` is waited for.
  void until(CompletableFuture<?> done);

  /// Lets so much time pass.
  void pause(long nanos);
}
