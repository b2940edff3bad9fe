package io.flotilla.codec;

import io.flotilla.raft.EntryId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;

/// What a store notes in its log before it installs a snapshot, so that the next start can finish
/// it.
///
/// @param last the log's new compaction point: the snapshot's entry
public record InstallNote(SnapshotManifest manifest, EntryId last) {}
