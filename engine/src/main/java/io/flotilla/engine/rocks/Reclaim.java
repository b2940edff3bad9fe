package io.flotilla.engine.rocks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDBException;

/// Brings back the room of what was deleted, at once and not when RocksDB comes to it by itself:
/// that may be never, for a store that refuses writes.
///
/// Memtables are written first, after which old write-ahead files can go. Then the parts of the
/// state in which many keys are deleted are compacted, one table file's interval at a time, so that
/// each step needs little room of its own and can be the last one. One that needs more than there
/// is is left out.
final class Reclaim {
  /// A table file is worth it if one of so many of its keys is a deletion.
  private static final long DELETIONS_ONE_IN = 8;

  private static final int FILES_AT_ONCE_MAX = 64;
  private static final long WRITES_MIN = 1_000;

  private final RocksDatabase log;
  private final RocksDatabase state;
  private final CompactRangeOptions options;
  private long lastAt;
  private volatile boolean cancelled;

  Reclaim(RocksDatabase log, RocksDatabase state) {
    this.log = log;
    this.state = state;
    this.options =
        state
            .scope()
            .own(new CompactRangeOptions())
            .setExclusiveManualCompaction(false)
            .setBottommostLevelCompaction(BottommostLevelCompaction.kSkip);
  }

  /// Does it, if enough was written since the last time to expect anything of it. Blocks, until
  /// [#cancel] at the latest.
  ///
  /// @param roomBytes that each step may take
  /// @throws io.flotilla.spi.StorageException if that fails, above all for want of room
  void run(long roomBytes) {
    long writes = log.lastWrite() + state.lastWrite();
    if (writes - lastAt < WRITES_MIN || cancelled) {
      return;
    }
    lastAt = writes;
    state.flush("flush the state");
    log.flush("flush the log");
    List<String> tried = new ArrayList<>();
    while (!cancelled && tried.size() < FILES_AT_ONCE_MAX) {
      List<LiveFileMetaData> files = state.db().getLiveFilesMetaData();
      Optional<LiveFileMetaData> next = next(files, tried);
      if (next.isEmpty()) {
        return;
      }
      tried.add(next.get().fileName());
      if (bytesUnder(next.get(), files) <= roomBytes) {
        compact(next.get());
      }
    }
  }

  private static Optional<LiveFileMetaData> next(List<LiveFileMetaData> files, List<String> tried) {
    return files.stream()
        .filter(file -> file.numDeletions() * DELETIONS_ONE_IN >= file.numEntries())
        .filter(file -> !file.beingCompacted() && !tried.contains(file.fileName()))
        .max(Comparator.comparingLong(LiveFileMetaData::numDeletions));
  }

  /// The most that compacting this file's interval can write before it deletes anything.
  private static long bytesUnder(LiveFileMetaData file, List<LiveFileMetaData> files) {
    return files.stream()
        .filter(other -> Arrays.compareUnsigned(other.smallestKey(), file.largestKey()) <= 0)
        .filter(other -> Arrays.compareUnsigned(other.largestKey(), file.smallestKey()) >= 0)
        .mapToLong(LiveFileMetaData::size)
        .sum();
  }

  private void compact(LiveFileMetaData file) {
    try {
      state.db().compactRange(state.family(), file.smallestKey(), file.largestKey(), options);
    } catch (RocksDBException e) {
      if (!cancelled) {
        throw state.failure("compact " + file.fileName(), e);
      }
    }
  }

  void setCompacting(boolean isAllowed) {
    log.setCompacting(isAllowed);
    state.setCompacting(isAllowed);
  }

  /// Ends what is under way soon, for good. Callable from any thread.
  void cancel() {
    cancelled = true;
    options.setCanceled(true);
  }
}
