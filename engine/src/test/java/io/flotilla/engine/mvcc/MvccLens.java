package io.flotilla.engine.mvcc;

import org.jspecify.annotations.Nullable;

/// Looks at the queues of a loop's machines without a task of its own.
public final class MvccLens {
  private MvccLens() {}

  /// What waits there and is more than may; null: nothing.
  public static @Nullable String overfull(KvMachines machines) {
    ReadPool reads = machines.environment().readPool();
    if (reads.pending() > reads.pendingMax()) {
      return reads.pending() + " reads";
    }
    TimestampBatcher timestamps = machines.environment().timestamps();
    if (timestamps.waiting() > timestamps.waitingMax()) {
      return timestamps.waiting() + " waiting for a timestamp";
    }
    return null;
  }
}
