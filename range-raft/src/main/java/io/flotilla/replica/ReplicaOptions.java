package io.flotilla.replica;

import io.flotilla.raft.RaftOptions;

/// Limits and times of a replica.
///
/// @param raft the core's own
/// @param tickNanos one tick; two ticks of a loop are never closer together than this
/// @param leases false: every read proves its currency with a quorum
/// @param entryBytesMax bytes of writes that share one entry (one proposal always fits)
/// @param proposalsMax proposals of one range without an outcome
/// @param deferredMax requests of one range that wait for a split or for the first entry of a term
/// @param compactAtBytes the log of one busy range is compacted beyond this; many share it
/// @param lagBytesMax bytes of log that a leader keeps for followers that lag
/// @param snapshotHoldBytes bytes of log that a leader keeps for a follower under a snapshot (or as
///   many as the snapshot has, if that is more)
/// @param quietTicks a range that did nothing for this long gives up its whole log
/// @param leaderMissingTicks silence of a leader after which the store asks whether it is still
///   wanted
public record ReplicaOptions(
    RaftOptions raft,
    long tickNanos,
    boolean leases,
    int entryBytesMax,
    int proposalsMax,
    int deferredMax,
    long compactAtBytes,
    long lagBytesMax,
    long snapshotHoldBytes,
    int quietTicks,
    int leaderMissingTicks) {
  public static final ReplicaOptions DEFAULT =
      new ReplicaOptions(
          RaftOptions.DEFAULT,
          50_000_000L,
          true,
          64 << 10,
          16_384,
          4_096,
          4L << 20,
          16L << 20,
          256L << 20,
          1_200,
          200);

  public ReplicaOptions {
    if (tickNanos < 1 || entryBytesMax < 1 || proposalsMax < 1 || deferredMax < 0) {
      throw new IllegalArgumentException("limits of a replica must be positive");
    }
    if (compactAtBytes < 0 || lagBytesMax < 0 || snapshotHoldBytes < lagBytesMax) {
      throw new IllegalArgumentException(
          "need 0 <= compactAtBytes and 0 <= lagBytesMax <= snapshotHoldBytes");
    }
    if (quietTicks < 1 || leaderMissingTicks < 1) {
      throw new IllegalArgumentException("times of a replica must be positive");
    }
  }

  public ReplicaOptions withRaft(RaftOptions newRaft) {
    return new ReplicaOptions(
        newRaft,
        tickNanos,
        leases,
        entryBytesMax,
        proposalsMax,
        deferredMax,
        compactAtBytes,
        lagBytesMax,
        snapshotHoldBytes,
        quietTicks,
        leaderMissingTicks);
  }
}
