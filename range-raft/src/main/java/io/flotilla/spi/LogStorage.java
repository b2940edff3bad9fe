package io.flotilla.spi;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The one log of a store: the Raft logs and hard states of all its groups behind one fsync.
///
/// `write` is called from one thread at a time; `read` from any. When `write` has returned,
/// everything in the batch is durable and survives a power cut; when it throws, none or all of it
/// may be.
public interface LogStorage extends AutoCloseable {
  /// Every group the log knows, sorted by range. Called once, before the first write.
  List<StoredGroup> load();

  /// Writes the whole batch atomically and makes it durable with one fsync. Blocks.
  ///
  /// @throws StorageException if the disk failed; the store must then stop serving
  void write(List<GroupWrite> batch);

  /// Begins a new life: returns a number that is greater than any it returned before, in this
  /// process or an earlier one, once that is durable. Also shows that the disk takes writes. Called
  /// after [#load], from the thread that calls [#write]. Blocks; positive.
  ///
  /// @throws StorageException if the disk failed; the store must then stop serving
  long raiseIncarnation();

  /// Entries from `fromIndex` up to and with `toIndex`, stopping once `bytesMax` is exceeded but
  /// never before the first. Empty if `fromIndex` is compacted away or not there. Blocks.
  List<Entry> read(RangeId range, long fromIndex, long toIndex, int bytesMax);

  @Override
  void close();

  /// What one group wants written. Applied in the order of the fields; all optional but `range`.
  ///
  /// @param peer who the group's replica is here; must be given in a group's first write
  /// @param hardState null: unchanged
  /// @param append consecutive entries. The suffix of the old log from the first one's index on is
  ///   truncated.
  /// @param compactTo drop the prefix up to and with this entry, null: keep. When it is beyond the
  ///   last entry the whole log goes (a snapshot replaces it)
  /// @param note what must be finished at the next start if the process dies, null: unchanged. An
  ///   empty array clears it. Opaque here (the store writes a snapshot install's intent into it).
  /// @param tombstone the replica was removed: drop everything of the group but remember this. A
  ///   later write with a higher `peer` revives the group, in the tombstone's term or a later one.
  record GroupWrite(
      RangeId range,
      @Nullable PeerId peer,
      @Nullable HardState hardState,
      List<Entry> append,
      @Nullable EntryId compactTo,
      byte @Nullable [] note,
      @Nullable Tombstone tombstone) {}

  /// What is left of a replica that was removed: peers up to and with `peer` must not come back.
  ///
  /// @param applied the last entry that it had applied, hence one that is committed;
  ///   [EntryId#ZERO]: not known (any more: once a newer peer has the group, it need not be kept)
  /// @param term no later peer may begin in an earlier one: it was here, may have voted in those,
  ///   and was forgotten since; 0: none was (or one has the group: its hard state says it)
  record Tombstone(PeerId peer, EntryId applied, long term) {
    /// The two as one: the higher peer, the newer entry and the later term.
    public static Tombstone merge(@Nullable Tombstone a, Tombstone b) {
      if (a == null) {
        return b;
      }
      return new Tombstone(
          a.peer.compareTo(b.peer) < 0 ? b.peer : a.peer,
          a.applied.compareTo(b.applied) < 0 ? b.applied : a.applied,
          Math.max(a.term, b.term));
    }
  }

  /// A group as it was found. One that is only a tombstone has `peer` null and `lastIndex` 0.
  ///
  /// @param termStarts the (term, first index) of each term in the log, ascending
  /// @param note empty: none
  /// @param tombstone of the highest removed peer, null: none was
  record StoredGroup(
      RangeId range,
      @Nullable PeerId peer,
      HardState hardState,
      EntryId compacted,
      List<EntryId> termStarts,
      long lastIndex,
      byte[] note,
      @Nullable Tombstone tombstone) {
    /// True: of a replica that has never had an entry nor a snapshot. It may have voted.
    public boolean isEmpty() {
      return peer != null && lastIndex == 0 && compacted.index() == 0;
    }
  }
}
