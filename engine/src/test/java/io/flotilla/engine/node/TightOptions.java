package io.flotilla.engine.node;

import io.flotilla.raft.RaftOptions;
import io.flotilla.replica.ReplicaOptions;
import io.flotilla.store.StoreOptions;

/// Bounds so small that a simulated fleet reaches each of them: appends of few entries, few at a
/// time, and every queue full now and then.
final class TightOptions {
  static final QueueLimits QUEUES = new QueueLimits(1, 6);

  private TightOptions() {}

  static StoreOptions of(StoreOptions store) {
    ReplicaOptions replica = store.replica();
    RaftOptions raft = replica.raft();
    return new StoreOptions(
        new ReplicaOptions(
            new RaftOptions(
                raft.electionTicks(),
                raft.beatTicks(),
                raft.withholdTicks(),
                3,
                6 << 10,
                1 << 10,
                3 << 10,
                4 << 10,
                2 << 10),
            replica.tickNanos(),
            replica.leases(),
            1 << 10,
            20,
            4,
            replica.compactAtBytes(),
            replica.lagBytesMax(),
            replica.snapshotHoldBytes(),
            replica.quietTicks(),
            replica.leaderMissingTicks()),
        3 << 10, // less than one range may have under way
        4 << 10,
        store.replayBytesMax(),
        2,
        1,
        store.snapshotBytesPerSecond(),
        2 << 10,
        store.housekeepingTicks(),
        store.pauseTicks(),
        store.queueNanosMax(),
        store.liveness());
  }
}
