package io.flotilla.store;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Ready;
import io.flotilla.replica.RangeReplica;

/// A leader's wish that a follower on store `to` gets a snapshot.
record SnapshotOrder(
    StoreLoop origin, RangeReplica replica, Ready.SnapshotWanted wanted, StoreId to, long term) {
  RangeId range() {
    return replica.id();
  }

  PeerId follower() {
    return wanted.follower();
  }

  /// `lastIndex` 0: it failed.
  void finish(long lastIndex) {
    origin.post(
        () -> origin.guard(replica, () -> replica.snapshots().onSent(follower(), lastIndex)));
  }

  void onCut(long index, long bytes) {
    origin.post(() -> {
      if (!replica.isEnded() && replica.isLeader() && replica.term() == term) {
        replica.snapshots().onCut(follower(), index, bytes);
      }
    });
  }
}
