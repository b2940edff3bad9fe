package io.flotilla.engine.rocks;

import io.flotilla.spi.StateStorage.Seek;
import io.flotilla.spi.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// One thread's iterator for single looks, kept and refreshed: about half the cost of a new cursor
/// for each. Unless a memtable was switched, a refresh only moves the point of view to the newest
/// write.
///
/// The iterator holds memtables and files that the database has done with, so one that is idle is
/// let go. That comes from another thread; the lock is for that, and is all but always free.
final class RocksSeeker {
  private static final int KEY_BYTES_GUESS = 256;

  private final RocksDatabase database;
  private final ReadOptions options;
  private final Thread owner = Thread.currentThread();
  private @Nullable RocksIterator iterator;
  private boolean used;
  private boolean closed;
  private ByteBuffer wanted = ByteBuffer.allocateDirect(KEY_BYTES_GUESS);

  RocksSeeker(RocksDatabase database, ReadOptions options) {
    this.database = database;
    this.options = options;
  }

  synchronized Seek seek(byte[] from, int prefixBytes) {
    RocksIterator at = refreshed();
    if (from.length > wanted.capacity()) {
      wanted = ByteBuffer.allocateDirect(2 * from.length);
    }
    at.seek(wanted.clear().put(from).flip());
    if (!at.isValid()) {
      return atEnd(at);
    }
    byte[] key = at.key();
    return key.length >= prefixBytes && isPrefix(key, from, prefixBytes)
        ? new Seek.Found(key, at.value())
        : Seek.ABSENT;
  }

  /// Compares from the end, where keys of one neighbourhood differ.
  private static boolean isPrefix(byte[] key, byte[] from, int length) {
    for (int i = length - 1; i >= 0; i--) {
      if (key[i] != from[i]) {
        return false;
      }
    }
    return true;
  }

  private RocksIterator refreshed() {
    if (closed) {
      throw new StorageException(database.folder() + ": the state is closed");
    }
    used = true;
    RocksIterator current = iterator;
    if (current == null) {
      current = database.open(options);
      iterator = current;
      return current;
    }
    try {
      current.refresh();
      return current;
    } catch (RocksDBException e) {
      throw database.failure("read the state", e);
    }
  }

  private Seek atEnd(RocksIterator at) {
    try {
      at.status();
      return Seek.ABSENT;
    } catch (RocksDBException e) {
      if (Failures.isIncomplete(e)) {
        return Seek.NEEDS_DISK;
      }
      throw database.failure("read the state", e);
    }
  }

  /// Lets go of the iterator if it was not used since the last call. False once its thread has
  /// ended.
  synchronized boolean releaseIdle() {
    if (!used) {
      release();
    }
    used = false;
    return iterator != null || owner.isAlive();
  }

  synchronized void close() {
    closed = true;
    release();
  }

  private void release() {
    if (iterator != null) {
      database.close(iterator);
      iterator = null;
    }
  }
}
