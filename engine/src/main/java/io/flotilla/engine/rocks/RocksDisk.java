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
  private final Reclaim reclaim;

  private RocksDisk(
      RocksTuning tuning,
      RocksLogStorage log,
      RocksStateStorage state,
      RocksSnapshotStorage snapshots,
      Reclaim reclaim) {
    this.tuning = tuning;
    this.log = log;
    this.state = state;
    this.snapshots = snapshots;
    this.reclaim = reclaim;
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
    ReachedMark reached = null;
    try {
      requireWriteAheadFile(folder.log());
      reached = ReachedMark.open(folder.log());
      logDatabase = RocksDatabase.open(folder.log(), handles, false, logTuning(tuning));
      reached.require(folder.log(), logDatabase.lastWrite());
      stateDatabase = RocksDatabase.open(folder.state(), handles, false, stateTuning(tuning));
      RocksStateStorage state = new RocksStateStorage(stateDatabase);
      return new RocksDisk(
          tuning,
          new RocksLogStorage(logDatabase, reached, options.unsafeNoFsync()),
          state,
          new RocksSnapshotStorage(state, folder.snapshots(), random),
          new Reclaim(logDatabase, stateDatabase));
    } catch (RuntimeException | Error e) {
      if (stateDatabase != null) {
        stateDatabase.close();
      }
      if (logDatabase != null) {
        logDatabase.close();
      }
      if (reached != null) {
        reached.close();
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

  /// Brings back the room of what was deleted, if enough was since the last time. Blocks, for
  /// minutes if need be, until [#endReclaim]. Called by one thread at a time.
  ///
  /// @param roomBytes that it may take for itself meanwhile
  /// @throws io.flotilla.spi.StorageException if that fails, above all for want of room
  public void reclaim(long roomBytes) {
    reclaim.run(roomBytes);
  }

  /// Allows or forbids compactions that nobody asked for: on a full disk they would take, for a
  /// while, the last room there is. Blocks shortly.
  public void setCompacting(boolean isAllowed) {
    reclaim.setCompacting(isAllowed);
  }

  /// Ends reclaiming for good; to be called some time before [#close].
  public void endReclaim() {
    reclaim.cancel();
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
