package io.flotilla.engine.route;

import io.flotilla.engine.KeyRange;
import io.flotilla.engine.Limits;
import io.flotilla.engine.ReadMode;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.TooLargeException;
import io.flotilla.engine.WriteBatch;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequest.Batch;
import io.flotilla.engine.mvcc.KvRequest.CompareAndSet;
import io.flotilla.engine.mvcc.KvRequest.Delete;
import io.flotilla.engine.mvcc.KvRequest.Get;
import io.flotilla.engine.mvcc.KvRequest.IndexGet;
import io.flotilla.engine.mvcc.KvRequest.Mutation;
import io.flotilla.engine.mvcc.KvRequest.Put;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The engine's calls as futures, each with a deadline on the router's clock. Checks limits first,
/// and copies what the caller may write to later. Thread-safe.
final class RoutedEngine {
  private final Router router;
  private final SnapshotDraws snapshots;

  RoutedEngine(Router router) {
    this.router = router;
    this.snapshots = new SnapshotDraws(router);
  }

  Router router() {
    return router;
  }

  /// The newest value.
  CompletableFuture<Optional<byte[]>> newest(byte[] key, ReadMode reads, long deadline) {
    Key wanted = checked(key);
    boolean anyReplica = reads == ReadMode.FOLLOWER;
    Function<Target, KvRequest> request =
        reads == ReadMode.LEASE
            ? to -> new Get(to, wanted, Timestamp.MAX)
            : to -> new IndexGet(to, wanted, anyReplica);
    return call(
        new KeyAsk<>(
            wanted,
            anyReplica ? KeyAsk.Kind.READ_ANYWHERE : KeyAsk.Kind.READ,
            request,
            Replies::value),
        deadline);
  }

  CompletableFuture<Optional<byte[]>> get(byte[] key, @Nullable Snapshot snapshot, long deadline) {
    Key wanted = checked(key);
    Timestamp at = snapshot == null ? Timestamp.MAX : snapshot.timestamp();
    return call(
        new KeyAsk<>(wanted, KeyAsk.Kind.READ, to -> new Get(to, wanted, at), Replies::value),
        deadline);
  }

  CompletableFuture<Void> put(byte[] key, byte[] value, long deadline) {
    Key wanted = checked(key);
    byte[] copy = checkedValue(value);
    return call(
        new KeyAsk<>(wanted, KeyAsk.Kind.WRITE, to -> new Put(to, wanted, copy), Replies::done),
        deadline);
  }

  CompletableFuture<Void> delete(byte[] key, long deadline) {
    Key wanted = checked(key);
    return call(
        new KeyAsk<>(wanted, KeyAsk.Kind.WRITE, to -> new Delete(to, wanted), Replies::done),
        deadline);
  }

  CompletableFuture<Boolean> compareAndSet(
      byte[] key, Optional<byte[]> expected, Optional<byte[]> update, long deadline) {
    Key wanted = checked(key);
    byte[] old = expected.map(byte[]::clone).orElse(null);
    byte[] replacement = update.map(RoutedEngine::checkedValue).orElse(null);
    return call(
        new KeyAsk<>(
            wanted,
            KeyAsk.Kind.WRITE,
            to -> new CompareAndSet(to, wanted, old, replacement),
            Replies::swapped),
        deadline);
  }

  CompletableFuture<Void> write(WriteBatch batch, long deadline) {
    List<Mutation> mutations = checked(batch);
    if (mutations.isEmpty()) {
      return CompletableFuture.completedFuture(Replies.nothing());
    }
    Key first = mutations.getFirst().key();
    return call(
        new KeyAsk<>(first, KeyAsk.Kind.WRITE, to -> batchRequest(to, mutations), Replies::done),
        deadline);
  }

  private static KvRequest batchRequest(KvRequest.Target to, List<Mutation> mutations) {
    return new Batch(to, mutations);
  }

  private <T> CompletableFuture<T> call(KeyAsk<T> ask, long deadline) {
    new RoutedCall(router, ask, deadline).start();
    return ask.future();
  }

  CompletableFuture<List<Optional<byte[]>>> multiGet(
      List<byte[]> keys, @Nullable Snapshot snapshot, long deadline) {
    List<Key> wanted = keys.stream().map(RoutedEngine::checked).toList();
    if (wanted.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    Function<Timestamp, CompletableFuture<List<Optional<byte[]>>>> read =
        at -> new MultiGetCall(router, wanted, at, deadline).start();
    return snapshot == null && OneRangeGet.fits(router, wanted)
        ? new OneRangeGet(router, wanted, deadline, () -> at(null, deadline, read)).start()
        : at(snapshot, deadline, read);
  }

  CompletableFuture<ScanPage> scan(KeyRange range, ScanOptions options, long deadline) {
    return at(
        options.snapshot(),
        deadline,
        at -> {
          if (range.isEmpty()) {
            ScanPage none = new ScanPage(List.of(), new Snapshot(at), null);
            return CompletableFuture.completedFuture(none);
          }
          return new ScanCall(router, range.span(), options, at, deadline).start();
        });
  }

  /// The future fails with the very exception that the read, or the draw before it, failed with: a
  /// dependent stage would wrap it.
  private <T> CompletableFuture<T> at(
      @Nullable Snapshot snapshot, long deadline, Function<Timestamp, CompletableFuture<T>> read) {
    if (snapshot != null) {
      return read.apply(snapshot.timestamp());
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    snapshots
        .draw(deadline)
        .whenComplete((at, failure) -> {
          if (failure != null) {
            result.completeExceptionally(failure);
          } else {
            read.apply(at).whenComplete((value, late) -> complete(result, value, late));
          }
        });
    return result;
  }

  private static <T> void complete(
      CompletableFuture<T> result, T value, @Nullable Throwable failure) {
    if (failure != null) {
      result.completeExceptionally(failure);
    } else {
      result.complete(value);
    }
  }

  CompletableFuture<Snapshot> snapshot(long deadline) {
    return at(null, deadline, at -> CompletableFuture.completedFuture(new Snapshot(at)));
  }

  private static List<Mutation> checked(WriteBatch batch) {
    List<Mutation> mutations = new ArrayList<>(batch.writes().size());
    long bytes = 0;
    for (WriteBatch.Write write : batch.writes()) {
      byte[] value = write.value();
      mutations.add(new Mutation(checked(write.key()), value == null ? null : checkedValue(value)));
      bytes += Limits.WRITE_OVERHEAD_BYTES + write.key().length;
      bytes += value == null ? 0 : value.length;
    }
    if (bytes > Limits.BATCH_BYTES_MAX) {
      throw new TooLargeException(
          "a batch of " + bytes + " bytes is over the limit of " + Limits.BATCH_BYTES_MAX);
    }
    return mutations;
  }

  private static Key checked(byte[] key) {
    if (key.length == 0) {
      throw new TooLargeException("a key must not be empty");
    }
    if (key.length > Limits.KEY_BYTES_MAX) {
      throw new TooLargeException(
          "a key of " + key.length + " bytes is over the limit of " + Limits.KEY_BYTES_MAX);
    }
    return Key.of(key.clone());
  }

  private static byte[] checkedValue(byte[] value) {
    if (value.length > Limits.VALUE_BYTES_MAX) {
      throw new TooLargeException(
          "a value of " + value.length + " bytes is over the limit of " + Limits.VALUE_BYTES_MAX);
    }
    return value.clone();
  }
}
