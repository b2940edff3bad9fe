package io.flotilla.engine.rocks;

import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionPriority;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/// RocksDB's options, each with its reason, and the memory that both databases of a store share.
///
/// One cache is the ceiling: memtables are charged to it by the write buffer manager, so blocks
/// give way when memtables grow.
final class RocksTuning implements AutoCloseable {
  private static final int BLOOM_BITS_PER_KEY = 10;
  private static final int KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private final RocksOptions options;
  private final NativeScope scope;
  private final Cache cache;
  private final WriteBufferManager writeBuffers;

  RocksTuning(RocksOptions options, NativeHandles handles) {
    this.options = options;
    this.scope = new NativeScope(handles);
    this.cache = scope.own(new LRUCache(options.memoryBytes(), 4, false, 0.2));
    this.writeBuffers =
        scope.own(new WriteBufferManager(Math.max(options.memoryBytes() / 8 * 5, 8 * MIB), cache));
  }

  RocksOptions options() {
    return options;
  }

  /// The log. Its write-ahead file *is* the log that is fsynced; memtable and tables only index it.
  ///
  /// The recovery mode decides what a start does with a bad record at the end of the newest
  /// write-ahead file. A torn one was never acknowledged, so AbsoluteConsistency, which refuses it,
  /// would refuse a store after an ordinary power cut. PointInTimeRecovery stops at *any* bad
  /// record and drops what follows, which may be acknowledged, without a word.
  /// TolerateCorruptedTailRecords drops an incomplete last record and refuses everything else. It
  /// rules out the recycling of write-ahead files (an old record behind the new end would look like
  /// damage); measured, recycling gained nothing here. For the files before the newest one the
  /// manifest knows what was synced, and a start verifies it.
  DBOptions logDatabase(NativeScope owner) {
    Properties more = new Properties();
    more.setProperty("track_and_verify_wals_in_manifest", "true");
    return common(owner, more)
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setRecycleLogFileNum(0)
        .setMaxBackgroundJobs(2);
  }

  /// With one column family, write-ahead files go with their memtable: their total is bounded by
  /// the memtables, and a quiet range's entries are carried to a table file with everyone's.
  ColumnFamilyOptions logFamily(NativeScope owner) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig().setBlockCache(cache).setBlockSize(32 * KIB);
    // Each group's entries come in order: the memtable keeps a place for each, and does not search.
    Properties more = new Properties();
    more.setProperty(
        "memtable_insert_with_hint_prefix_extractor", "fixed:" + LogFormat.PREFIX_BYTES);
    return family(owner, more)
        .setTableFormatConfig(table)
        .setWriteBufferSize(options.logMemtableBytes())
        .setMaxWriteBufferNumber(4)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setLevelCompactionDynamicLevelBytes(true)
        .setLevel0FileNumCompactionTrigger(4)
        .setLevel0SlowdownWritesTrigger(30)
        .setLevel0StopWritesTrigger(60)
        .setTargetFileSizeBase(options.logMemtableBytes())
        .setMaxBytesForLevelBase(4 * options.logMemtableBytes())
        .setMemtableMaxRangeDeletions(4096);
  }

  DBOptions stateDatabase(NativeScope owner) {
    return common(owner, new Properties())
        .setMaxBackgroundJobs(3)
        .setAvoidFlushDuringShutdown(false)
        .setBytesPerSync(MIB);
  }

  /// Point reads of single keys (metadata, intents, placement) use the bloom filter; reads of
  /// versions are seeks and cannot. The filter of the last level is left out: most keys that are
  /// asked are there.
  ColumnFamilyOptions stateFamily(NativeScope owner) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setBlockSize(8 * KIB)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(owner.own(new BloomFilter(BLOOM_BITS_PER_KEY)))
            .setOptimizeFiltersForMemory(true);
    return family(owner, new Properties())
        .setTableFormatConfig(table)
        .setOptimizeFiltersForHits(true)
        .setWriteBufferSize(options.stateMemtableBytes())
        .setMaxWriteBufferNumber(4)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setBottommostCompressionType(CompressionType.LZ4_COMPRESSION)
        .setLevelCompactionDynamicLevelBytes(true)
        .setLevel0FileNumCompactionTrigger(2)
        .setLevel0SlowdownWritesTrigger(20)
        .setLevel0StopWritesTrigger(40)
        .setTargetFileSizeBase(options.stateTableBytes())
        .setMaxBytesForLevelBase(4 * options.stateMemtableBytes())
        .setCompactionPriority(CompactionPriority.MinOverlappingRatio);
  }

  // The binding has no setter for some options, but takes every option by name.

  private static ColumnFamilyOptions family(NativeScope owner, Properties more) {
    ColumnFamilyOptions family =
        more.isEmpty()
            ? new ColumnFamilyOptions()
            : ColumnFamilyOptions.getColumnFamilyOptionsFromProps(more);
    if (family == null) {
      throw new IllegalStateException("RocksDB does not know an option of " + more);
    }
    return owner.own(family);
  }

  private DBOptions common(NativeScope owner, Properties more) {
    more.setProperty("max_file_opening_threads", "4");
    DBOptions common = DBOptions.getDBOptionsFromProps(more);
    if (common == null) {
      throw new IllegalStateException("RocksDB does not know an option of " + more);
    }
    return owner
        .own(common)
        .setWriteBufferManager(writeBuffers)
        .setParanoidChecks(true)
        .setMaxOpenFiles(-1)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(MIB)
        .setKeepLogFileNum(2)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setMaxManifestFileSize(16 * MIB);
  }

  @Override
  public void close() {
    scope.close();
  }
}
