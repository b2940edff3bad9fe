package io.flotilla.store;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.RoleKind;
import io.flotilla.spi.EventSink;

/// What a store tells of itself.
public sealed interface StoreEvent extends EventSink.Event {
  record StoreStarted(StoreId store, int ranges) implements StoreEvent {}

  record StoreStopped(StoreId store) implements StoreEvent {}

  /// The store serves no more: its log or its state cannot be written.
  record StoreFailed(StoreId store, Throwable cause) implements StoreEvent {}

  /// One replica is broken and takes part no more; the rest of the store goes on.
  record ReplicaPoisoned(StoreId store, RangeId range, Throwable cause) implements StoreEvent {}

  record RoleChanged(StoreId store, RangeId range, RoleKind role, long term)
      implements StoreEvent {}

  /// No leader was heard for long: whoever knows should say whether the replica is still wanted
  /// ([Store#replicaGone]). `generation` is 0 for a replica without state.
  record LeaderMissing(StoreId store, RangeId range, PeerId peer, long generation)
      implements StoreEvent {}

  record ReplicaCreated(StoreId store, RangeId range, PeerId peer, String how)
      implements StoreEvent {}

  record ReplicaRemoved(StoreId store, RangeId range, PeerId peer) implements StoreEvent {}

  record RangeSplit(StoreId store, RangeDescriptor left, RangeDescriptor right)
      implements StoreEvent {}

  record SnapshotSent(StoreId store, RangeId range, StoreId to, EntryId applied, long bytes)
      implements StoreEvent {}

  record SnapshotInstalled(StoreId store, RangeId range, EntryId applied, long bytes)
      implements StoreEvent {}

  record SnapshotFailed(StoreId store, RangeId range, String reason) implements StoreEvent {}

  /// The log takes no writes, or does again: a store that is stalled asks nobody for support and
  /// hands its leaderships away.
  record LogStalled(StoreId store, boolean stalled) implements StoreEvent {}

  /// This store supports `asker` no more at any epoch up to this one: ranges that are led from
  /// there wake.
  record SupportWithdrawn(StoreId store, StoreId asker, long upToEpoch) implements StoreEvent {}

  /// This life of the store cannot ask for more support: where it is lost, ranges stay awake until
  /// the store starts anew. Nothing else suffers.
  record EpochsSpent(StoreId store) implements StoreEvent {}

  /// The process did not run for a while; leases are void until they are proved anew.
  record PauseNoticed(StoreId store) implements StoreEvent {}
}
