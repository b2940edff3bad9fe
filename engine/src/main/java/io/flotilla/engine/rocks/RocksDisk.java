package io.flotilla.engine.rocks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/// All that a store has on its disk, opened under one ceiling of native memory.
public final class RocksDisk implements AutoCloseable {
  private final RocksTuning tuning;
  private final RocksLogStorage log;
  private final RocksStateStorage state;
  private final RocksSnapshotStorage snapshots;

  private RocksDisk(
      RocksTuning tuning,
      RocksLogStorage log,
      RocksStateStorage state,
      RocksSnapshotStorage snapshots) {
    this.tuning = tuning;
    this.log = log;
    this.state = state;
    this.snapshots = snapshots;
  }

  /// Opens the databases of `folder`, which stays its caller's to close, after this.
  ///
  /// @param random for the ids of snapshots
  /// @param handles where native objects are registered
  /// @throws io.flotilla.spi.StorageException if something is missing or damaged
  public static RocksDisk open(
      StoreFolder folder, RocksOptions options, RandomGenerator random, NativeHandles handles) {
    RocksTuning tuning = new RocksTuning(options, handles);
    RocksDatabase logDatabase = null;
    RocksDatabase stateDatabase = null;
    try {
      requireWriteAheadFile(folder.log());
      logDatabase = RocksDatabase.open(folder.log(), handles, false, logTuning(tuning));
      stateDatabase = RocksDatabase.open(folder.state(), handles, false, stateTuning(tuning));
      RocksStateStorage state = new RocksStateStorage(stateDatabase);
      return new RocksDisk(
          tuning,
          new RocksLogStorage(logDatabase, options.unsafeNoFsync()),
          state,
          new RocksSnapshotStorage(state, folder.snapshots(), random));
    } catch (RuntimeException | Error e) {
      if (stateDatabase != null) {
        stateDatabase.close();
      }
      if (logDatabase != null) {
        logDatabase.close();
      }
      tuning.close();
      throw e;
    }
  }

  /// RocksDB always leaves one behind, and does not miss the newest one when it is gone: it would
  /// open a log that has forgotten what it acknowledged.
  private static void requireWriteAheadFile(Path log) {
    try {
      if (DurableFiles.list(log).stream().noneMatch(file -> file.toString().endsWith(".log"))) {
        throw Failures.damaged(log, "the write-ahead files (*.log) are missing");
      }
    } catch (IOException e) {
      throw Failures.files("open the log", log, e);
    }
  }

  private static RocksDatabase.Tuning logTuning(RocksTuning tuning) {
    return new RocksDatabase.Tuning() {
      @Override
      public DBOptions database(NativeScope owner) {
        return tuning.logDatabase(owner);
      }

      @Override
      public ColumnFamilyOptions family(NativeScope owner) {
        return tuning.logFamily(owner);
      }
    };
  }

  private static RocksDatabase.Tuning stateTuning(RocksTuning tuning) {
    return new RocksDatabase.Tuning() {
      @Override
      public DBOptions database(NativeScope owner) {
        return tuning.stateDatabase(owner);
      }

      @Override
      public ColumnFamilyOptions family(NativeScope owner) {
        return tuning.stateFamily(owner);
      }
    };
  }

  public RocksLogStorage log() {
    return log;
  }

  public RocksStateStorage state() {
    return state;
  }

  public RocksSnapshotStorage snapshots() {
    return snapshots;
  }

  /// Flushes the state and closes everything. Nobody may use a cursor or call a storage any more.
  @Override
  public void close() {
    snapshots.close();
    try {
      state.close();
    } finally {
      try {
        log.close();
      } finally {
        tuning.close();
      }
    }
  }
}
