package io.flotilla.engine;

import io.flotilla.engine.admin.Fleet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// An ordered map of byte strings, durable and replicated: one process and one folder, or a whole
/// fleet.
///
/// Thread-safe. Keys are 1 to [Limits#KEY_BYTES_MAX] bytes, ordered as unsigned bytes; values 0 to
/// [Limits#VALUE_BYTES_MAX] bytes. Every call has a deadline: that of [#withDeadline], or
/// [EngineOptions#deadline()]. All operations are linearizable for each key; snapshot reads are
/// consistent over all keys. Errors are subtypes of [EngineException], each of which says what to
/// do. Futures fail with the same exceptions, and complete on a thread of the engine: do not block
/// in them.
public interface Engine extends AutoCloseable {
  /// Opens the store in `folder` in this process, alone or as a member of the fleet it belongs to;
  /// makes a new single-store fleet if the folder is empty or missing.
  static Engine open(Path folder) {
    return open(folder, EngineOptions.DEFAULT);
  }

  static Engine open(Path folder, EngineOptions options) {
    return Engines.open(folder, options);
  }

  /// A client of a running fleet: `addresses` is `host:port[,host:port…]`, any of its nodes.
  static Engine connect(String addresses) {
    return connect(addresses, EngineOptions.DEFAULT);
  }

  static Engine connect(String addresses, EngineOptions options) {
    return Engines.connect(addresses, options);
  }

  /// The same engine with another deadline for calls made through the returned view.
  Engine withDeadline(Duration deadline);

  /// The same engine with another way to prove the gets that are made through the returned view:
  /// those of one key, as it is now. Snapshot reads, scans and multi-gets are not touched.
  Engine withReads(ReadMode reads);

  Optional<byte[]> get(byte[] key);

  /// The value as of `snapshot`.
  Optional<byte[]> get(byte[] key, Snapshot snapshot);

  /// The values of `keys` in their order, as one consistent snapshot.
  List<Optional<byte[]>> multiGet(List<byte[]> keys);

  List<Optional<byte[]>> multiGet(List<byte[]> keys, Snapshot snapshot);

  void put(byte[] key, byte[] value);

  void delete(byte[] key);

  /// Puts `update` (or deletes, if it is empty) only if the current value is `expected` (or there
  /// is none, if that is empty). True if it did.
  boolean compareAndSet(byte[] key, Optional<byte[]> expected, Optional<byte[]> update);

  /// Applies all or nothing. All keys must lie in one range.
  ///
  /// @throws MultiRangeBatchException if they do not
  void write(WriteBatch batch);

  /// Walks a consistent snapshot of the range taken now.
  Cursor scan(KeyRange range);

  Cursor scan(KeyRange range, ScanOptions options);

  /// A moment to read at. It stays readable for the fleet's retention time (default 10 minutes),
  /// and longer while a [SnapshotHold] or an open [Cursor] keeps it.
  Snapshot snapshot();

  /// Keeps a snapshot readable for longer than the retention time, until the hold is closed.
  ///
  /// @throws SnapshotTooOldException if it may be gone already, or is too old to be kept
  SnapshotHold hold(Snapshot snapshot);

  CompletableFuture<Optional<byte[]>> getAsync(byte[] key);

  CompletableFuture<Optional<byte[]>> getAsync(byte[] key, Snapshot snapshot);

  CompletableFuture<List<Optional<byte[]>>> multiGetAsync(List<byte[]> keys);

  CompletableFuture<Void> putAsync(byte[] key, byte[] value);

  CompletableFuture<Void> deleteAsync(byte[] key);

  CompletableFuture<Boolean> compareAndSetAsync(
      byte[] key, Optional<byte[]> expected, Optional<byte[]> update);

  CompletableFuture<Void> writeAsync(WriteBatch batch);

  /// One page of a scan and where the next one begins.
  CompletableFuture<ScanPage> scanAsync(KeyRange range, ScanOptions options);

  CompletableFuture<Snapshot> snapshotAsync();

  /// The fleet behind this engine: its stores and ranges, and operations on them.
  Fleet fleet();

  /// Releases everything. An embedded store stops cleanly. Idempotent.
  @Override
  void close();
}
