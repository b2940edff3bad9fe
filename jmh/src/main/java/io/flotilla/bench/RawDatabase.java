package io.flotilla.bench;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// The floor: a RocksDB with the memtable, cache and compression that a store's databases have, and
/// nothing of ours around it.
final class RawDatabase implements AutoCloseable {
  private static final long CACHE_BYTES = 512L << 20;
  private static final long MEMTABLE_BYTES = 64L << 20;

  private final BenchFolder home = new BenchFolder();
  private final LRUCache cache;
  private final Options options;
  private final RocksDB db;

  /// @param blockBytes of a table
  RawDatabase(CompressionType compression, int blockBytes) throws RocksDBException {
    RocksDB.loadLibrary();
    cache = new LRUCache(CACHE_BYTES);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(MEMTABLE_BYTES)
            .setMaxWriteBufferNumber(4)
            .setCompressionType(compression)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setBlockSize(blockBytes));
    db = RocksDB.open(options, home.path().toString());
  }

  static RawDatabase likeLog() throws RocksDBException {
    return new RawDatabase(CompressionType.NO_COMPRESSION, 32 << 10);
  }

  static RawDatabase likeState() throws RocksDBException {
    return new RawDatabase(CompressionType.LZ4_COMPRESSION, 8 << 10);
  }

  RocksDB db() {
    return db;
  }

  void flush() throws RocksDBException {
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      db.flush(wait);
    }
  }

  @Override
  public void close() {
    db.close();
    options.close();
    cache.close();
    home.close();
  }
}
