package io.flotilla.engine.rocks;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/// Cuts one range out of the state into table files: descriptor, applied entry and data as of one
/// RocksDB snapshot.
final class SnapshotCutter {
  private final RocksDatabase database;
  private final long fileBytes;

  SnapshotCutter(RocksDatabase database, long fileBytes) {
    this.database = database;
    this.fileBytes = fileBytes;
  }

  /// What a cut is an image of, and its files in the order of their keys.
  record Image(RangeDescriptor descriptor, EntryId applied, List<Path> files) {}

  Image cut(RangeId range, Path folder) throws RocksDBException {
    Snapshot moment = database.db().getSnapshot();
    try (NativeScope scope = database.newScope()) {
      ReadOptions options = scope.own(new ReadOptions()).setSnapshot(moment).setFillCache(false);
      byte[] descriptorBytes = database.db().get(options, StateLayout.descriptorKey(range));
      byte[] appliedBytes = database.db().get(options, StateLayout.appliedKey(range));
      RangeDescriptor descriptor =
          descriptorBytes == null ? null : DescriptorFormat.decode(descriptorBytes);
      EntryId applied = appliedBytes == null ? null : DescriptorFormat.decodeApplied(appliedBytes);
      if (descriptor == null || applied == null) {
        throw new StorageException(
            database.folder() + ": range " + range + " has no state here to cut a snapshot from");
      }
      List<Path> files = new ArrayList<>();
      for (KeySpan interval : StateLayout.intervalsOf(descriptor)) {
        writeFiles(moment, interval, folder, files);
      }
      return new Image(descriptor, applied, files);
    } finally {
      database.db().releaseSnapshot(moment);
      moment.close();
    }
  }

  private void writeFiles(Snapshot moment, KeySpan interval, Path folder, List<Path> files)
      throws RocksDBException {
    try (NativeScope scope = database.newScope();
        TableWriter writer = new TableWriter(database)) {
      ReadOptions options =
          scope
              .own(new ReadOptions())
              .setSnapshot(moment)
              .setFillCache(false)
              .setReadaheadSize(2 << 20)
              .setIterateLowerBound(scope.own(new Slice(interval.start().bytes())))
              .setIterateUpperBound(scope.own(new Slice(interval.end().bytes())));
      RocksIterator iterator = database.iterator(scope, options);
      @Nullable Path file = null;
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        if (file == null) {
          file = folder.resolve(files.size() + ".sst");
          files.add(file);
          writer.open(file);
        }
        writer.put(iterator.key(), iterator.value());
        if (writer.bytes() >= fileBytes) {
          writer.finish();
          file = null;
        }
      }
      iterator.status();
      if (file != null) {
        writer.finish();
      }
    }
  }
}
