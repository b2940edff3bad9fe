package io.flotilla.spi;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import java.util.BitSet;
import java.util.List;

/// Snapshots of single ranges as files: cut for another replica, or staged and installed here.
///
/// Everything blocks; callers run it on a thread for bulk work. Staged files survive a restart, so
/// that a transfer goes on at the first chunk that is missing. Nothing is ever held in memory
/// whole.
public interface SnapshotStorage extends AutoCloseable {
  /// Cuts a consistent image of the range as it is applied now. Its files stay until [#release].
  SnapshotManifest cut(RangeId range);

  byte[] readChunk(SnapshotId id, int chunk);

  /// The files of a cut snapshot are no longer needed. Idempotent.
  void release(SnapshotId id);

  /// Makes room for an incoming snapshot, or finds what an earlier transfer of the very same one
  /// left. Returns the chunks that are still missing.
  BitSet stage(SnapshotManifest manifest);

  /// Stores one chunk.
  ///
  /// @throws StorageException if length or checksum differ from the manifest's
  void writeChunk(SnapshotId id, int chunk, byte[] data);

  /// Replaces everything in `clear` (spans that belong to no other replica here) by the staged,
  /// complete snapshot, and makes that durable together with the descriptor and applied entry of
  /// the manifest. May be repeated after a crash at any step of it with the same arguments and
  /// gives the same result.
  void install(SnapshotManifest manifest, List<RangeDescriptor> clear);

  /// The staged snapshots that are here, complete or not: what a start has to finish or discard.
  List<SnapshotManifest> staged();

  /// Drops a staged snapshot. Idempotent.
  void discard(SnapshotId id);

  @Override
  void close();

  /// Names one cut: the storage that made it draws it at random from its own number space.
  record SnapshotId(long high, long low) {}

  /// What a snapshot consists of.
  ///
  /// @param applied the last entry whose effect is in it
  record SnapshotManifest(
      SnapshotId id, RangeDescriptor descriptor, EntryId applied, List<Chunk> chunks) {
    public long bytes() {
      return chunks.stream().mapToLong(Chunk::bytes).sum();
    }
  }

  /// One part: `bytes` at most 1 MiB, `crc` its CRC32C.
  record Chunk(int bytes, int crc) {}
}
