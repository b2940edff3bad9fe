package io.flotilla.engine.rocks;

import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage.GroupWrite;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Turns what groups want written into one RocksDB batch, and follows it in their [LogGroup]s.
///
/// Key and value are composed in two direct buffers that are reused: that was measured at half the
/// cost of byte arrays (about 0.12 µs an entry against 0.20).
///
/// Dropped entries (a compacted prefix, a truncated suffix, a whole log) are deleted one by one
/// when they are few and else by one DeleteRange. DeleteRange slows reads over the space it covers,
/// but in the log such reads are few (a follower far behind), while a delete for each entry would
/// double the cost of every entry ever written. RocksDB drops what a tombstone covers when it
/// flushes or compacts, so that most entries are never written to a table. The number of tombstones
/// in a memtable is bounded by an option.
final class LogBatch {
  private static final long POINT_DELETES_MAX = 16;

  private final WriteBatch batch;
  private final ByteBuffer key = ByteBuffer.allocateDirect(LogFormat.ENTRY_KEY_BYTES);
  private ByteBuffer value = ByteBuffer.allocateDirect(1 << 16);

  LogBatch(WriteBatch batch) {
    this.batch = batch;
  }

  void add(LogGroup group, GroupWrite write) throws RocksDBException {
    RangeId range = write.range();
    boolean changed = false;
    if (write.peer() != null && !write.peer().equals(group.peer())) {
      group.setPeer(write.peer());
      changed = true;
    }
    if (write.hardState() != null && !write.hardState().equals(group.hardState())) {
      changed |= write.append().isEmpty() || !isSameVote(write.hardState(), group.hardState());
      group.setHardState(write.hardState());
    }
    if (group.peer() == null && write.tombstone() == null) {
      throw new IllegalArgumentException("range " + range + ": the first write names a peer");
    }
    if (!write.append().isEmpty()) {
      changed |= append(range, group, write.append());
    }
    if (write.compactTo() != null && write.compactTo().index() > group.compacted().index()) {
      compact(range, group, write.compactTo());
      changed = true;
    }
    if (write.note() != null) {
      putNote(range, write.note());
    }
    if (write.tombstone() != null) {
      drop(range, group.firstIndex(), group.lastIndex());
      putNote(range, new byte[0]);
      group.bury(write.tombstone());
      changed = true;
    }
    if (changed) {
      batch.put(LogFormat.groupKey(range), LogFormat.group(group));
    }
  }

  private static boolean isSameVote(HardState one, HardState other) {
    return one.term() == other.term() && Objects.equals(one.vote(), other.vote());
  }

  /// True if the group's record must be written too: entries that go may be those that told the
  /// commit index.
  private boolean append(RangeId range, LogGroup group, List<Entry> append)
      throws RocksDBException {
    long first = append.getFirst().index();
    long oldLast = group.lastIndex();
    if (first < group.firstIndex() || first > oldLast + 1) {
      throw new IllegalArgumentException(
          "range " + range + ": entry " + first + " does not follow " + oldLast);
    }
    if (first <= oldLast) {
      group.truncate(first);
    }
    for (Entry entry : append) {
      if (entry.index() != group.lastIndex() + 1) {
        throw new IllegalArgumentException(
            "range " + range + ": entry " + entry + " does not follow " + group.lastIndex());
      }
      put(range, entry, group.hardState().committed());
      group.append(entry.term(), entry.index());
    }
    drop(range, group.lastIndex() + 1, oldLast);
    return first <= oldLast;
  }

  private void put(RangeId range, Entry entry, long committed) throws RocksDBException {
    int bytes = LogFormat.ENTRY_HEADER_BYTES + entry.payload().length;
    if (bytes > value.capacity()) {
      value = ByteBuffer.allocateDirect(Math.max(bytes, 2 * value.capacity()));
    }
    value.clear();
    LogFormat.putEntry(value, entry, committed);
    key.clear();
    key.put(LogFormat.ENTRY).putLong(range.value()).putLong(entry.index());
    batch.put(key.flip(), value.flip());
  }

  private void compact(RangeId range, LogGroup group, EntryId to) throws RocksDBException {
    if (group.holds(to)) {
      drop(range, group.firstIndex(), to.index());
      group.compact(to);
    } else {
      drop(range, group.firstIndex(), group.lastIndex());
      group.restartAt(to);
    }
  }

  private void putNote(RangeId range, byte[] note) throws RocksDBException {
    if (note.length == 0) {
      batch.delete(LogFormat.noteKey(range));
    } else {
      batch.put(LogFormat.noteKey(range), LogFormat.note(note));
    }
  }

  private void drop(RangeId range, long from, long to) throws RocksDBException {
    if (to - from >= POINT_DELETES_MAX) {
      batch.deleteRange(
          LogFormat.entryKey(range.value(), from), LogFormat.entryKey(range.value(), to + 1));
      return;
    }
    for (long index = from; index <= to; index++) {
      batch.delete(LogFormat.entryKey(range.value(), index));
    }
  }
}
