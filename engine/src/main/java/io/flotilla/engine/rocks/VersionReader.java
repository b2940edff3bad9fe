package io.flotilla.engine.rocks;

import io.flotilla.keyspace.Key;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// The hot path of a get: the newest version of a user key at or below a timestamp, as of now.
///
/// Keeps one RocksDB iterator for its life and refreshes it for each read, which is cheaper than to
/// make one: unless a memtable was switched, a refresh only moves the point of view to the newest
/// write. Confined to one thread. The iterator holds memtables and files that the database has done
/// with, so its owner calls [#releaseIdle()] when it has nothing to read for a while (say once a
/// second).
public final class VersionReader implements AutoCloseable {
  private static final int KEY_BYTES_GUESS = 256;

  private final RocksDatabase database;
  private final NativeScope options;
  private final ReadOptions readOptions;
  private @Nullable RocksIterator iterator;
  private boolean used;
  private ByteBuffer wanted = ByteBuffer.allocateDirect(KEY_BYTES_GUESS);
  private ByteBuffer found = ByteBuffer.allocateDirect(KEY_BYTES_GUESS);

  VersionReader(RocksDatabase database, boolean memoryOnly) {
    this.database = database;
    this.options = database.newScope();
    this.readOptions =
        options
            .own(new ReadOptions())
            .setReadTier(memoryOnly ? ReadTier.BLOCK_CACHE_TIER : ReadTier.READ_ALL_TIER);
  }

  /// What was found.
  public sealed interface VersionLookup {
    /// @param value as it was written, with the byte that says what it is
    record Found(long timestamp, byte[] value) implements VersionLookup {}

    record Absent() implements VersionLookup {}

    /// Only from a reader that keeps to memory: to be asked again where blocking is allowed.
    record NeedsDisk() implements VersionLookup {}
  }

  private static final VersionLookup ABSENT = new VersionLookup.Absent();
  private static final VersionLookup NEEDS_DISK = new VersionLookup.NeedsDisk();

  public VersionLookup newest(byte[] userKey, long timestamp) {
    byte[] key = StateLayout.versionKey(userKey, timestamp);
    RocksIterator at = refreshed();
    if (key.length > wanted.capacity()) {
      wanted = ByteBuffer.allocateDirect(2 * key.length);
      found = ByteBuffer.allocateDirect(2 * key.length);
    }
    wanted.clear().put(key).flip();
    at.seek(wanted);
    if (!at.isValid()) {
      return atEnd(at);
    }
    found.clear();
    int prefix = key.length - StateLayout.TIMESTAMP_BYTES;
    if (at.key(found) != key.length || !samePrefix(key, prefix)) {
      return ABSENT;
    }
    return new VersionLookup.Found(~found.getLong(prefix), at.value());
  }

  private boolean samePrefix(byte[] key, int length) {
    for (int i = length - 1; i >= 0; i--) {
      if (found.get(i) != key[i]) {
        return false;
      }
    }
    return true;
  }

  private RocksIterator refreshed() {
    used = true;
    RocksIterator current = iterator;
    if (current == null) {
      current = database.open(readOptions);
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

  private VersionLookup atEnd(RocksIterator at) {
    try {
      at.status();
      return ABSENT;
    } catch (RocksDBException e) {
      if (Failures.isIncomplete(e)) {
        return NEEDS_DISK;
      }
      throw database.failure("read the state at key " + Key.of(toArray(wanted.rewind())), e);
    }
  }

  private static byte[] toArray(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /// Lets go of the iterator if it was not used since the last call.
  public void releaseIdle() {
    if (!used) {
      release();
    }
    used = false;
  }

  private void release() {
    if (iterator != null) {
      database.close(iterator);
      iterator = null;
    }
  }

  @Override
  public void close() {
    release();
    options.close();
  }
}
