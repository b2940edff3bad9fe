package io.flotilla.engine.rocks;

import io.flotilla.keyspace.KeySpan;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// Removes all state keys of an interval that belongs to no replica: whole files first, the rest
/// key by key, in order.
///
/// No DeleteRange: every later read of the space would have to look at its tombstone. After each
/// batch it pauses for as long as the batch took, so that it never has more than half of the disk,
/// and its writes give way to compaction.
///
/// What it deletes may come back after a power cut until the next flush: whole files go at once and
/// may have held deletions of what is in other files. That is harmless in a span that nobody owns:
/// a replica that comes there clears it first.
final class SpanEraser {
  private static final int BATCH_KEYS = 2048;

  private final RocksDatabase database;

  SpanEraser(RocksDatabase database) {
    this.database = database;
  }

  void erase(KeySpan interval) {
    byte[] from = interval.start().bytes();
    byte[] to = interval.end().bytes();
    try {
      database.db().deleteFilesInRanges(database.family(), List.of(from, to), false);
      eraseKeys(from, to);
    } catch (RocksDBException e) {
      throw database.failure("clear " + interval, e);
    }
  }

  private void eraseKeys(byte[] from, byte[] to) throws RocksDBException {
    try (NativeScope scope = database.newScope()) {
      ReadOptions options =
          scope
              .own(new ReadOptions())
              .setFillCache(false)
              .setIterateLowerBound(scope.own(new Slice(from)))
              .setIterateUpperBound(scope.own(new Slice(to)));
      WriteOptions writes = scope.own(new WriteOptions()).setDisableWAL(true).setLowPri(true);
      WriteBatch batch = scope.own(new WriteBatch());
      RocksIterator iterator = database.iterator(scope, options);
      iterator.seekToFirst();
      while (iterator.isValid()) {
        long started = System.nanoTime();
        batch.clear();
        for (int i = 0; i < BATCH_KEYS && iterator.isValid(); i++) {
          batch.delete(iterator.key());
          iterator.next();
        }
        database.db().write(writes, batch);
        if (iterator.isValid()) {
          LockSupport.parkNanos(System.nanoTime() - started);
        }
      }
      iterator.status();
    }
  }
}
