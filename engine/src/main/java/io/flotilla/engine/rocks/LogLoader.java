package io.flotilla.engine.rocks;

import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;

/// Reads the whole log once, at the start, and refuses one that has holes.
final class LogLoader {
  private final RocksDatabase database;
  private final NavigableMap<Long, LogGroup> groups = new TreeMap<>();
  private final NavigableMap<Long, byte[]> notes = new TreeMap<>();

  LogLoader(RocksDatabase database) {
    this.database = database;
  }

  void load() {
    try (NativeScope scope = database.newScope()) {
      ReadOptions options =
          scope.own(new ReadOptions()).setFillCache(false).setReadaheadSize(2 << 20);
      RocksIterator iterator = database.iterator(scope, options);
      loadRecords(iterator);
      loadEntries(iterator);
    }
  }

  NavigableMap<Long, LogGroup> groups() {
    return groups;
  }

  List<StoredGroup> stored() {
    List<StoredGroup> stored = new ArrayList<>();
    groups.forEach((range, group) ->
        stored.add(group.stored(new RangeId(range), notes.getOrDefault(range, new byte[0]))));
    return stored;
  }

  /// Groups and notes sort behind all entries.
  private void loadRecords(RocksIterator iterator) {
    for (iterator.seek(new byte[] {LogFormat.GROUP}); iterator.isValid(); iterator.next()) {
      byte[] key = iterator.key();
      byte[] value = iterator.value();
      long range = LogFormat.rangeOf(key);
      if (key[0] == LogFormat.GROUP) {
        LogGroup group = LogFormat.group(value);
        if (group == null) {
          throw unreadable("the record of range " + range);
        }
        groups.put(range, group);
      } else if (key[0] == LogFormat.NOTE && value.length > 1 && value[0] == LogFormat.VERSION) {
        notes.put(range, Arrays.copyOfRange(value, 1, value.length));
      } else {
        throw unreadable("a key of kind " + (char) key[0]);
      }
    }
    database.requireHealthy(iterator, "read the groups");
  }

  private void loadEntries(RocksIterator iterator) {
    ByteBuffer key = ByteBuffer.allocateDirect(LogFormat.ENTRY_KEY_BYTES);
    ByteBuffer header = ByteBuffer.allocateDirect(LogFormat.ENTRY_HEADER_BYTES);
    for (iterator.seek(new byte[] {LogFormat.ENTRY}); iterator.isValid(); iterator.next()) {
      key.clear();
      iterator.key(key);
      if (key.get(0) != LogFormat.ENTRY) {
        break;
      }
      header.clear();
      iterator.value(header);
      long term = LogFormat.termOf(header);
      long committed = term < 1 ? 0 : LogFormat.committedOf(header);
      loadEntry(key.getLong(1), key.getLong(9), term, committed);
    }
    database.requireHealthy(iterator, "read the entries");
  }

  private void loadEntry(long range, long index, long term, long committed) {
    LogGroup group = groups.get(range);
    if (group == null) {
      throw Failures.damaged(database.folder(), "the log has entries of an unknown range " + range);
    }
    if (index != group.lastIndex() + 1) {
      throw Failures.damaged(
          database.folder(),
          "the log of range "
              + range
              + " has a hole: entry "
              + index
              + " follows "
              + group.lastIndex());
    }
    if (term < 1) {
      throw unreadable("entry " + index + " of range " + range);
    }
    group.append(term, index);
    group.knowCommitted(committed);
  }

  private StorageException unreadable(String what) {
    return Failures.damaged(
        database.folder(), what + " is damaged or was written by a newer release");
  }
}
