package io.flotilla.engine.node;

import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import java.util.function.BooleanSupplier;

/// Work to be done again and again for as long as something is the case, and nothing at all while
/// it is not.
final class Rounds {
  private final EventLoop loop;
  private final long roundNanos;
  private final BooleanSupplier isNeeded;
  private final Runnable work;
  private boolean running;
  private boolean stopped;

  /// @param roundNanos from one round to the next
  /// @param isNeeded asked on the loop before each round; when it becomes true [#begin] must be
  ///   called
  /// @param work of one round, on the loop
  Rounds(EventLoop loop, long roundNanos, BooleanSupplier isNeeded, Runnable work) {
    this.loop = loop;
    this.roundNanos = roundNanos;
    this.isNeeded = isNeeded;
    this.work = work;
  }

  /// Rounds may be needed from now on. Callable from any thread, also after the loop's end.
  void begin() {
    try {
      loop.execute(() -> {
        if (!running) {
          round();
        }
      });
    } catch (RejectedByLoopException closed) {
      // Nobody is left for whom there would be work.
    }
  }

  /// Ends; on the loop.
  void stop() {
    stopped = true;
  }

  private void round() {
    running = !stopped && isNeeded.getAsBoolean();
    if (running) {
      loop.schedule(roundNanos, this::round);
      work.run();
    }
  }
}
