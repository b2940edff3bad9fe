package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The log that a leader keeps for followers that get a snapshot: what comes after the snapshot's
/// entry, from its cut until the follower has caught up.
final class SnapshotHolds {
  /*
   * Without them a range under steady writes would never get a new replica: by the time a snapshot
   * has travelled the log has gone past it, and the follower needs the next one, which is larger.
   *
   * A hold outlives the arrival of its snapshot, since the follower still has to come by the log
   * through all that was written meanwhile. It is bounded: beyond its bytes it is given up. As much
   * log as the snapshot has bytes is never too much, since another snapshot would cost more.
   */
  private @Nullable Map<PeerId, Hold> holds;

  /// @param index what comes after it is kept
  /// @param bytes of the snapshot; 0 while it is not cut
  /// @param sending false: the follower has the snapshot
  private record Hold(long index, long bytes, boolean sending) {}

  /// A snapshot of `bytes` that ends with entry `index` is for `follower`.
  void begin(PeerId follower, long index, long bytes) {
    if (holds == null) {
      holds = new TreeMap<>();
    }
    holds.put(follower, new Hold(index, bytes, true));
  }

  /// The follower has the snapshot.
  void arrived(PeerId follower) {
    if (holds != null) {
      holds.computeIfPresent(follower, (_, hold) -> new Hold(hold.index, hold.bytes, false));
    }
  }

  void release(PeerId follower) {
    if (holds != null && holds.remove(follower) != null && holds.isEmpty()) {
      holds = null;
    }
  }

  void releaseAll() {
    holds = null;
  }

  /// True if no snapshot is under way.
  boolean mayRest() {
    if (holds != null) {
      for (Hold hold : holds.values()) {
        if (hold.sending) {
          return false;
        }
      }
    }
    return true;
  }

  /// The index above which log is kept for the follower; below 0: nothing is held for it.
  ///
  /// @param compactedIndex up to here the log is gone
  long floor(
      FollowerStatus follower, long compactedIndex, LogExtent extent, ReplicaOptions options) {
    Hold hold = holds == null ? null : holds.get(follower.peer());
    if (hold == null) {
      return -1;
    }
    long needed = Math.max(hold.index, follower.match());
    long bytes = extent.bytesAfter(needed);
    boolean caughtUp =
        !hold.sending && follower.match() >= hold.index && bytes <= options.lagBytesMax();
    boolean tooMuch = bytes > Math.max(options.snapshotHoldBytes(), hold.bytes);
    if (caughtUp || tooMuch || needed < compactedIndex) {
      release(follower.peer());
      return -1;
    }
    return needed;
  }
}
