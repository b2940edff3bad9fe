package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import java.util.function.Consumer;

/// The fleet's timestamp oracle as one loop of a store asks it.
public interface TimestampSource {
  /// Draws `count` consecutive timestamps, all of them after this call and above all that were
  /// drawn before it anywhere. Called on the loop; calls back on the same loop, exactly once, after
  /// this call has returned and within a bounded time.
  void draw(int count, Consumer<Drawn> onDrawn);

  /// What came of a draw.
  sealed interface Drawn {
    /// `first`, `first + 1`, and so on.
    ///
    /// @param safePoint at or above every safe point that any store had been told before the draw
    record Block(long first, Timestamp safePoint) implements Drawn {}

    record Failed(Refusal refusal) implements Drawn {}
  }
}
