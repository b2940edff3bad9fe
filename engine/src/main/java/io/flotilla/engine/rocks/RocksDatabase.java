package io.flotilla.engine.rocks;

import io.flotilla.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// One open RocksDB with one column family, and all native objects that live as long as it.
final class RocksDatabase implements AutoCloseable {
  private final Path folder;
  private final Watermark watermark;
  private final NativeHandles borrowed;
  private final NativeScope scope;
  private final RocksDB db;
  private final ColumnFamilyHandle family;

  private RocksDatabase(
      Path folder,
      NativeHandles handles,
      NativeScope scope,
      RocksDB db,
      ColumnFamilyHandle family) {
    this.folder = folder;
    this.watermark = new Watermark(folder);
    this.borrowed = new NativeHandles(handles);
    this.scope = scope;
    this.db = db;
    this.family = family;
  }

  /// What to open a database with; everything it makes belongs to the given scope.
  interface Tuning {
    DBOptions database(NativeScope owner);

    ColumnFamilyOptions family(NativeScope owner);
  }

  /// Opens the database in `folder`; `create` makes it and refuses one that is there.
  ///
  /// A database is made only with its store: to open a missing one would hide that files got lost.
  static RocksDatabase open(Path folder, NativeHandles handles, boolean create, Tuning tuning) {
    NativeScope scope = new NativeScope(handles);
    try {
      DBOptions options =
          tuning.database(scope).setCreateIfMissing(create).setErrorIfExists(create);
      ColumnFamilyOptions familyOptions = tuning.family(scope);
      List<ColumnFamilyHandle> families = new ArrayList<>();
      RocksDB db =
          scope.own(
              RocksDB.open(
                  options,
                  folder.toString(),
                  List.of(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions)),
                  families));
      RocksDatabase opened =
          new RocksDatabase(folder, handles, scope, db, scope.own(families.getFirst()));
      if (!create) {
        opened.watermark.require(folder, db.getLatestSequenceNumber());
      }
      opened.recordWatermark();
      return opened;
    } catch (RocksDBException e) {
      scope.close();
      throw Failures.rocks(create ? "create the database" : "open the database", folder, e);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /// Makes an empty database in `folder`.
  static void make(Path folder) {
    Tuning plain =
        new Tuning() {
          @Override
          public DBOptions database(NativeScope owner) {
            return owner.own(new DBOptions()).setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
          }

          @Override
          public ColumnFamilyOptions family(NativeScope owner) {
            return owner.own(new ColumnFamilyOptions());
          }
        };
    open(folder, new NativeHandles(), true, plain).close();
  }

  RocksDB db() {
    return db;
  }

  ColumnFamilyHandle family() {
    return family;
  }

  Path folder() {
    return folder;
  }

  /// For objects that live as long as the database.
  NativeScope scope() {
    return scope;
  }

  /// For objects that live shorter.
  NativeScope newScope() {
    return new NativeScope(borrowed);
  }

  RocksIterator iterator(NativeScope owner, ReadOptions options) {
    return owner.own(db.newIterator(family, options));
  }

  /// An iterator without a scope, to be given back with [#close(RocksIterator)].
  RocksIterator open(ReadOptions options) {
    RocksIterator iterator = db.newIterator(family, options);
    borrowed.opened(iterator);
    return iterator;
  }

  void close(RocksIterator iterator) {
    borrowed.close(iterator);
  }

  /// Makes all that was written durable as tables. `doing` completes "cannot ...".
  void flush(String doing) {
    long sequence = db.getLatestSequenceNumber();
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      db.flush(options, family);
      watermark.record(sequence);
    } catch (RocksDBException e) {
      throw failure(doing, e);
    }
  }

  /// Allows or forbids compactions that nobody asked for; one under way goes on.
  void setCompacting(boolean isAllowed) {
    try {
      db.setOptions(
          family,
          MutableColumnFamilyOptions.builder().setDisableAutoCompactions(!isAllowed).build());
    } catch (RocksDBException e) {
      throw failure("allow or forbid compactions", e);
    }
  }

  /// All that was written so far is durable.
  void recordWatermark() {
    watermark.record(db.getLatestSequenceNumber());
  }

  /// The number of the last write.
  long lastWrite() {
    return db.getLatestSequenceNumber();
  }

  /// What others still use of this database: it must not be closed under them.
  List<String> borrowed() {
    return borrowed.open();
  }

  boolean isClosed() {
    return !db.isOwningHandle();
  }

  /// `doing` completes "cannot ...".
  StorageException failure(String doing, RocksDBException cause) {
    return Failures.rocks(doing, folder, cause);
  }

  /// An iterator that is not valid has come to its end or failed.
  void requireHealthy(RocksIterator iterator, String doing) {
    try {
      iterator.status();
    } catch (RocksDBException e) {
      throw failure(doing, e);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
