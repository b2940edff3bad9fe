package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import io.flotilla.raft.RoleKind;
import java.util.List;

/// How much log a replica has, and how much of it may go.
public final class LogKeeper {
  /*
   * The log may be compacted up to the applied entry that is durable in the state, and no
   * further: what comes after it is what a restart replays. On top of that a leader keeps what
   * its followers still need, as long as that is not too much: for one that lags up to
   * lagBytesMax, for one that gets a snapshot what SnapshotHolds says. Somebody who needs more gets
   * a snapshot.
   */
  private final LogExtent extent;
  private final SnapshotHolds holds = new SnapshotHolds();
  private EntryId compacted;

  LogKeeper(EntryId compacted, long lastIndex) {
    this.compacted = compacted;
    this.extent = new LogExtent(compacted.index(), lastIndex);
  }

  /// As it was when the replica rested.
  LogKeeper(RestReader in) {
    this.compacted = in.entry();
    this.extent = new LogExtent(in);
  }

  /// True if no follower gets a snapshot.
  boolean mayRest() {
    return holds.mayRest();
  }

  void rest(RestWriter out) {
    holds.releaseAll(); // all snapshots have arrived, and what sleeps is not compacted
    out.entry(compacted);
    extent.rest(out);
  }

  public EntryId compacted() {
    return compacted;
  }

  public long bytes() {
    return extent.bytes();
  }

  /// Bytes of log that a restart would have to replay after `durableIndex`.
  public long bytesAfter(long durableIndex) {
    return extent.bytesAfter(durableIndex);
  }

  public boolean isEmpty() {
    return extent.lastIndex() <= compacted.index();
  }

  void onAppended(List<Entry> entries) {
    extent.onAppended(entries);
  }

  void onCompacted(EntryId point) {
    Invariant.check(
        point.index() > compacted.index(),
        "a compaction point moves up",
        point.index(),
        compacted.index());
    compacted = point;
    extent.onCompacted(point.index());
  }

  void onReplaced(EntryId point) {
    compacted = point;
    extent.onReplaced(point.index());
  }

  SnapshotHolds holds() {
    return holds;
  }

  /// The index up to which the log should go now; at or below the compaction point: nothing.
  ///
  /// @param quiet nothing was appended for long, so that even a short log should go
  /// @param atBytes a log that is not longer stays as it is
  long compactionTarget(
      long durableIndex, boolean quiet, long atBytes, RaftGroup group, ReplicaOptions options) {
    if (!quiet && extent.bytes() <= atBytes) {
      return 0;
    }
    long target = durableIndex;
    if (group.role() == RoleKind.LEADER) {
      for (FollowerStatus follower : group.followers()) {
        target = Math.min(target, floorFor(follower, durableIndex, options));
      }
    } else if (!quiet) {
      // Whoever leads next should have a little for followers that lag.
      target = Math.min(target, extent.indexLeaving(atBytes / 4));
    }
    return target;
  }

  private long floorFor(FollowerStatus follower, long durableIndex, ReplicaOptions options) {
    long held = holds.floor(follower, compacted.index(), extent, options);
    if (held >= 0) {
      return held;
    }
    // Of one that has not answered in this term nothing is known: what is still there may be all
    // that it lacks.
    long needed = follower.match() == 0 ? compacted.index() : follower.match();
    boolean worthIt =
        needed >= compacted.index() && extent.bytesAfter(needed) <= options.lagBytesMax();
    return worthIt ? needed : durableIndex;
  }
}
