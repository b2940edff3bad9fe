package io.flotilla.engine.rocks;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The state in a RocksDB of its own, written without a write-ahead log. Keys are [StateLayout]'s.
public final class RocksStateStorage implements StateStorage {
  private static final long SEEKER_IDLE_NANOS = 1_000_000_000;

  private final RocksDatabase database;
  private final WriteOptions writeOptions;
  private final ReadOptions anywhere;
  private final ReadOptions memory;
  private final ReadOptions persisted;
  private final WriteBatch batch;
  private final StateSizes sizes;
  private final SpanEraser eraser;
  private final RocksSeekers anywhereSeekers;
  private final RocksSeekers memorySeekers;
  private long seekersReleasedNanos = System.nanoTime();

  /// The ranges that have a descriptor in the state, so that none gets an applied entry without
  /// one.
  private final KnownIds known = new KnownIds();

  RocksStateStorage(RocksDatabase database) {
    this.database = database;
    NativeScope scope = database.scope();
    this.writeOptions = scope.own(new WriteOptions()).setDisableWAL(true);
    this.anywhere = scope.own(new ReadOptions());
    this.memory = scope.own(new ReadOptions()).setReadTier(ReadTier.BLOCK_CACHE_TIER);
    this.persisted = scope.own(new ReadOptions()).setReadTier(ReadTier.PERSISTED_TIER);
    this.batch = scope.own(new WriteBatch(1 << 16));
    this.sizes = new StateSizes(database);
    this.eraser = new SpanEraser(database);
    this.anywhereSeekers = new RocksSeekers(database, anywhere);
    this.memorySeekers = new RocksSeekers(database, memory);
  }

  @Override
  public List<StoredRange> load() {
    List<StoredRange> ranges = new ArrayList<>();
    try (NativeScope scope = database.newScope()) {
      RocksIterator iterator = database.iterator(scope, anywhere);
      iterator.seek(new byte[] {StateLayout.META});
      while (iterator.isValid() && iterator.key()[0] == StateLayout.META) {
        ranges.add(loadRange(iterator));
      }
      database.requireHealthy(iterator, "read the ranges");
    }
    known.clear();
    ranges.forEach(range -> known.add(range.descriptor().id()));
    return ranges;
  }

  /// A range's descriptor is followed by its applied entry.
  private StoredRange loadRange(RocksIterator iterator) {
    RangeId range = StateLayout.rangeOf(iterator.key());
    RangeDescriptor descriptor =
        StateLayout.isDescriptorKey(iterator.key())
            ? DescriptorFormat.decode(iterator.value())
            : null;
    iterator.next();
    EntryId applied = null;
    if (iterator.isValid() && StateLayout.isAppliedKey(iterator.key(), range)) {
      applied = DescriptorFormat.decodeApplied(iterator.value());
      iterator.next();
    }
    if (descriptor == null || applied == null) {
      database.requireHealthy(iterator, "read the ranges");
      throw Failures.damaged(
          database.folder(),
          "what is kept about range " + range + " is damaged or was written by a newer release");
    }
    return new StoredRange(descriptor, applied);
  }

  @Override
  public void apply(List<RangeUpdate> updates) {
    try {
      batch.clear();
      for (RangeUpdate update : updates) {
        add(update);
      }
      if (batch.count() > 0) {
        database.db().write(writeOptions, batch);
      }
    } catch (RocksDBException e) {
      throw database.failure("apply to the state", e);
    }
    maybeReleaseSeekers();
  }

  /// Here, because only writes make files and memtables obsolete.
  private void maybeReleaseSeekers() {
    long now = System.nanoTime();
    if (now - seekersReleasedNanos > SEEKER_IDLE_NANOS) {
      seekersReleasedNanos = now;
      memorySeekers.releaseIdle();
      anywhereSeekers.releaseIdle();
    }
  }

  private void add(RangeUpdate update) throws RocksDBException {
    for (StateWrite write : update.writes()) {
      if (write.value() == null) {
        batch.delete(write.key());
      } else {
        batch.put(write.key(), write.value());
      }
    }
    RangeId range = update.range();
    if (update.removed()) {
      batch.delete(StateLayout.descriptorKey(range));
      batch.delete(StateLayout.appliedKey(range));
      known.remove(range);
      return;
    }
    if (update.descriptor() != null) {
      batch.put(StateLayout.descriptorKey(range), DescriptorFormat.encode(update.descriptor()));
      known.add(range);
    } else if (!known.contains(range)) {
      throw new IllegalArgumentException(
          "range " + range + ": the first update needs a descriptor");
    }
    batch.put(StateLayout.appliedKey(range), DescriptorFormat.encode(update.applied()));
  }

  @Override
  public EntryId durableApplied(RangeId range) {
    try {
      byte[] value = database.db().get(persisted, StateLayout.appliedKey(range));
      return applied(range, value);
    } catch (RocksDBException e) {
      throw database.failure("read the durable applied entry of range " + range, e);
    }
  }

  EntryId applied(RangeId range, byte @Nullable [] value) {
    EntryId applied = value == null ? EntryId.ZERO : DescriptorFormat.decodeApplied(value);
    if (applied == null) {
      throw Failures.damaged(
          database.folder(), "the applied entry of range " + range + " is unreadable");
    }
    return applied;
  }

  @Override
  public void flush() {
    database.flush("flush the state");
  }

  @Override
  public Lookup getFromMemory(byte[] stateKey) {
    try {
      byte[] value = database.db().get(memory, stateKey);
      return value == null ? new Lookup.Absent() : new Lookup.Found(value);
    } catch (RocksDBException e) {
      if (Failures.isIncomplete(e)) {
        return new Lookup.NeedsDisk();
      }
      throw database.failure("read the state", e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] stateKey) {
    try {
      return database.db().get(anywhere, stateKey);
    } catch (RocksDBException e) {
      throw database.failure("read the state", e);
    }
  }

  @Override
  public Seek seek(byte[] from, int prefixBytes, boolean memoryOnly) {
    return (memoryOnly ? memorySeekers : anywhereSeekers).seek(from, prefixBytes);
  }

  @Override
  public StateCursor scan(byte[] from, byte[] to, boolean reverse, boolean memoryOnly) {
    return new RocksStateCursor(database, from, to, reverse, memoryOnly);
  }

  @Override
  public long approximateBytes(RangeDescriptor descriptor) {
    long bytes = 0;
    for (KeySpan interval : StateLayout.intervalsOf(descriptor)) {
      bytes += sizes.approximateBytes(interval);
    }
    return bytes;
  }

  @Override
  public byte @Nullable [] middleKey(RangeDescriptor descriptor) {
    return descriptor.isPlacement() ? null : sizes.middleKey(descriptor.span());
  }

  @Override
  public void clear(RangeDescriptor descriptor) {
    StateLayout.intervalsOf(descriptor).forEach(eraser::erase);
  }

  RocksDatabase database() {
    return database;
  }

  /// An installed snapshot brought this range's descriptor.
  void onInstalled(RangeId range) {
    known.add(range);
  }

  /// Flushes and closes.
  ///
  /// @throws StorageException if cursors are still open: to close the database under them would
  ///   crash the process
  @Override
  public void close() {
    if (database.isClosed()) {
      return;
    }
    memorySeekers.close();
    anywhereSeekers.close();
    List<String> left = database.borrowed();
    try {
      flush();
    } finally {
      if (left.isEmpty()) {
        database.close();
      }
    }
    if (!left.isEmpty()) {
      throw new StorageException(
          database.folder() + ": closed while in use by " + left + "; try: to close cursors first");
    }
  }
}
