package io.flotilla.store;

import io.flotilla.replica.ReplicaOptions;
import io.flotilla.store.liveness.LivenessOptions;

/// Limits and times of a store.
///
/// @param replica those of each replica
/// @param applyBacklogBytesMax bytes handed to the applier and not yet applied, for each loop;
///   beyond it nothing is proposed
/// @param applyBatchBytesMax bytes of entries that the applier writes in one batch
/// @param replayBytesMax bytes of log that are kept only because the state is not durable; beyond
///   it a flush is asked for
/// @param parkedMax messages kept for replicas that a split may be about to create
/// @param snapshotsAtOnce transfers under way at the same time, in each direction
/// @param snapshotBytesPerSecond the budget of all transfers, in each direction
/// @param snapshotWindowBytes what a receiver grants to one transfer at a time
/// @param housekeepingTicks how often log and size of busy ranges are looked at
/// @param pauseTicks a tick that comes later by this much is late: what other stores asked may wait
///   unseen, so nothing that was promised to them ends in that tick
/// @param queueNanosMax a request that waited longer than this for its loop is refused as busy
/// @param liveness of stores, and quiescence of ranges
public record StoreOptions(
    ReplicaOptions replica,
    long applyBacklogBytesMax,
    long applyBatchBytesMax,
    long replayBytesMax,
    int parkedMax,
    int snapshotsAtOnce,
    long snapshotBytesPerSecond,
    long snapshotWindowBytes,
    int housekeepingTicks,
    int pauseTicks,
    long queueNanosMax,
    LivenessOptions liveness) {
  public static final StoreOptions DEFAULT =
      new StoreOptions(
          ReplicaOptions.DEFAULT,
          64L << 20,
          4L << 20,
          64L << 20,
          1_024,
          4,
          64L << 20,
          8L << 20,
          20,
          5,
          1_000_000_000L,
          LivenessOptions.DEFAULT);

  public StoreOptions {
    if (applyBacklogBytesMax < 1 || applyBatchBytesMax < 1 || replayBytesMax < 1) {
      throw new IllegalArgumentException("limits of a store must be positive");
    }
    if (parkedMax < 0 || snapshotsAtOnce < 1 || snapshotBytesPerSecond < 1) {
      throw new IllegalArgumentException("limits of a store must be positive");
    }
    ReplicaOptions options = replica;
    long withheld = (options.raft().withholdTicks() - 1) * options.tickNanos();
    if (withheld < liveness.promiseNanos()) {
      throw new IllegalArgumentException(
          "votes are withheld for "
              + withheld
              + " ns after a start, but a store's promise lasts "
              + liveness.promiseNanos());
    }
    if (housekeepingTicks < 1 || pauseTicks < 1 || queueNanosMax < 1 || snapshotWindowBytes < 1) {
      throw new IllegalArgumentException("times of a store must be positive");
    }
  }

  public StoreOptions withLiveness(LivenessOptions newLiveness) {
    return new StoreOptions(
        replica,
        applyBacklogBytesMax,
        applyBatchBytesMax,
        replayBytesMax,
        parkedMax,
        snapshotsAtOnce,
        snapshotBytesPerSecond,
        snapshotWindowBytes,
        housekeepingTicks,
        pauseTicks,
        queueNanosMax,
        newLiveness);
  }

  public StoreOptions withReplica(ReplicaOptions newReplica) {
    return new StoreOptions(
        newReplica,
        applyBacklogBytesMax,
        applyBatchBytesMax,
        replayBytesMax,
        parkedMax,
        snapshotsAtOnce,
        snapshotBytesPerSecond,
        snapshotWindowBytes,
        housekeepingTicks,
        pauseTicks,
        queueNanosMax,
        liveness);
  }
}
