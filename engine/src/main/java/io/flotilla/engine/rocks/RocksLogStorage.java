package io.flotilla.engine.rocks;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import io.flotilla.raft.Entry;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.NoRoomException;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The log in a RocksDB of its own: one write batch and one fsync of its write-ahead file for all
/// groups that have something.
public final class RocksLogStorage implements LogStorage {
  private static final int READ_ENTRIES_GUESS = 16;

  /// The watermark is moved, with fsyncs of its own, once in so many bytes. In between there is the
  /// mark.
  private static final long MARK_BYTES = 32 << 20;

  private final RocksDatabase database;
  private final ReachedMark reached;
  private final WriteOptions writeOptions;
  private final WriteBatch batch;
  private final LogBatch composer;
  private final RangeMap<LogGroup> groups = new RangeMap<>();
  private final boolean unsafeNoFsync;
  private long bytesUnmarked;
  private boolean failed;

  /// @param reached closed with this
  RocksLogStorage(RocksDatabase database, ReachedMark reached, boolean unsafeNoFsync) {
    this.database = database;
    this.reached = reached;
    this.unsafeNoFsync = unsafeNoFsync;
    this.writeOptions = database.scope().own(new WriteOptions()).setSync(!unsafeNoFsync);
    this.batch = database.scope().own(new WriteBatch(1 << 16));
    this.composer = new LogBatch(batch);
  }

  @Override
  public List<StoredGroup> load() {
    LogLoader loader = new LogLoader(database);
    loader.load();
    groups.clear();
    loader.groups().forEach((range, group) -> groups.put(new RangeId(range), group));
    return loader.stored();
  }

  @Override
  public void write(List<GroupWrite> writes) {
    if (failed) {
      throw new StorageException(
          database.folder()
              + ": the log failed before and takes no more writes; restart the store");
    }
    // What is in memory runs ahead of the disk here, so that a failure anywhere is final.
    failed = true;
    try {
      batch.clear();
      for (GroupWrite write : writes) {
        composer.add(groupOf(write.range()), write);
      }
      if (batch.count() > 0) {
        database.db().write(writeOptions, batch);
        mark(batch.getDataSize());
      }
    } catch (RocksDBException e) {
      throw database.failure("write the log", e);
    }
    failed = false;
  }

  private LogGroup groupOf(RangeId range) {
    LogGroup known = groups.get(range);
    LogGroup group = known == null ? new LogGroup() : known;
    if (known == null) {
      groups.put(range, group);
    }
    return group;
  }

  @Override
  public long raiseIncarnation() {
    if (failed) {
      throw new StorageException(
          database.folder()
              + ": the log failed before and takes no more writes; restart the store");
    }
    failed = true;
    try {
      byte[] before = database.db().get(LogFormat.lifeKey());
      long life = before == null ? 0 : LogFormat.lifeOf(before);
      if (before != null && life < 1) {
        throw Failures.damaged(
            database.folder(), "the store's incarnation is unreadable or of a newer release");
      }
      database.db().put(writeOptions, LogFormat.lifeKey(), LogFormat.life(life + 1));
      mark(0);
      failed = false;
      return life + 1;
    } catch (RocksDBException e) {
      throw database.failure("write the store's incarnation", e);
    }
  }

  private void mark(long bytes) {
    if (unsafeNoFsync) {
      return;
    }
    reached.note(database.lastWrite());
    bytesUnmarked += bytes;
    if (bytesUnmarked >= MARK_BYTES) {
      bytesUnmarked = 0;
      try {
        database.recordWatermark();
      } catch (NoRoomException full) {
        // It may lag: what it guards was noted where no more room is needed.
      }
    }
  }

  /// Lets what was noted of durable writes survive a power cut: an fsync of one page that is
  /// already there. Blocks; callable from any thread until [#close].
  public void syncMark() {
    reached.sync();
  }

  @Override
  public List<Entry> read(RangeId range, long fromIndex, long toIndex, int bytesMax) {
    List<Entry> entries = new ArrayList<>(READ_ENTRIES_GUESS);
    if (fromIndex > toIndex) {
      return entries;
    }
    try (NativeScope scope = database.newScope()) {
      Slice end = scope.own(new Slice(LogFormat.entryKey(range.value(), toIndex + 1)));
      ReadOptions options =
          scope.own(new ReadOptions()).setFillCache(false).setIterateUpperBound(end);
      RocksIterator iterator = database.iterator(scope, options);
      long index = fromIndex;
      long bytes = 0;
      iterator.seek(LogFormat.entryKey(range.value(), fromIndex));
      for (; iterator.isValid(); iterator.next()) {
        if (LogFormat.indexOf(iterator.key()) != index) {
          break;
        }
        Entry entry = LogFormat.entry(index, iterator.value());
        if (entry == null) {
          throw Failures.damaged(
              database.folder(), "entry " + index + " of range " + range + " is unreadable");
        }
        bytes += entry.bytes();
        if (bytes > bytesMax && !entries.isEmpty()) {
          break;
        }
        entries.add(entry);
        index++;
      }
      database.requireHealthy(iterator, "read entries of range " + range);
    }
    return entries;
  }

  /// Moves all into tables, whose sizes the manifest knows, so that after an orderly end not even
  /// the loss of a write-ahead file goes unnoticed or does harm, and the next start has nothing to
  /// replay.
  @Override
  public void close() {
    if (!database.isClosed()) {
      try {
        if (!failed) {
          database.flush("flush the log");
        }
      } finally {
        database.close();
        reached.close();
      }
    }
  }
}
