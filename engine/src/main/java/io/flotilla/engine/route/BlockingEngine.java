package io.flotilla.engine.route;

import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.ReadMode;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.SnapshotHold;
import io.flotilla.engine.WriteBatch;
import io.flotilla.engine.admin.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The public engine over a router. The only place where a thread waits for a future.
public final class BlockingEngine implements Engine {
  private final RoutedEngine routed;
  private final Function<Duration, Fleet> fleet;
  private final Runnable onClose;
  private final Duration deadline;
  private final ReadMode reads;
  private final Waiting waiting;

  /// @param fleet the operations, for a deadline
  /// @param onClose releases what is behind the router; run once or more
  public BlockingEngine(
      Router router, Duration deadline, Function<Duration, Fleet> fleet, Runnable onClose) {
    this(router, deadline, fleet, onClose, Waiting.THREAD);
  }

  /// @param waiting how callers wait
  public BlockingEngine(
      Router router,
      Duration deadline,
      Function<Duration, Fleet> fleet,
      Runnable onClose,
      Waiting waiting) {
    this(new RoutedEngine(router), deadline, ReadMode.LEASE, fleet, onClose, waiting);
  }

  private BlockingEngine(
      RoutedEngine routed,
      Duration deadline,
      ReadMode reads,
      Function<Duration, Fleet> fleet,
      Runnable onClose,
      Waiting waiting) {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("the deadline must be positive, got " + deadline);
    }
    this.routed = routed;
    this.fleet = fleet;
    this.onClose = onClose;
    this.deadline = deadline;
    this.reads = reads;
    this.waiting = waiting;
  }

  @Override
  public Engine withDeadline(Duration newDeadline) {
    return new BlockingEngine(routed, newDeadline, reads, fleet, onClose, waiting);
  }

  @Override
  public Engine withReads(ReadMode newReads) {
    return new BlockingEngine(routed, deadline, newReads, fleet, onClose, waiting);
  }

  private long due() {
    return routed.router().nanos() + deadline.toNanos();
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return await(routed.newest(key, reads, due()));
  }

  @Override
  public Optional<byte[]> get(byte[] key, Snapshot snapshot) {
    return await(routed.get(key, snapshot, due()));
  }

  @Override
  public List<Optional<byte[]>> multiGet(List<byte[]> keys) {
    return await(routed.multiGet(keys, null, due()));
  }

  @Override
  public List<Optional<byte[]>> multiGet(List<byte[]> keys, Snapshot snapshot) {
    return await(routed.multiGet(keys, snapshot, due()));
  }

  @Override
  public void put(byte[] key, byte[] value) {
    await(routed.put(key, value, due()));
  }

  @Override
  public void delete(byte[] key) {
    await(routed.delete(key, due()));
  }

  @Override
  public boolean compareAndSet(byte[] key, Optional<byte[]> expected, Optional<byte[]> update) {
    return await(routed.compareAndSet(key, expected, update, due()));
  }

  @Override
  public void write(WriteBatch batch) {
    await(routed.write(batch, due()));
  }

  @Override
  public Cursor scan(KeyRange range) {
    return scan(range, ScanOptions.FORWARD);
  }

  @Override
  public Cursor scan(KeyRange range, ScanOptions options) {
    Snapshot snapshot = options.snapshot() != null ? options.snapshot() : snapshot();
    SnapshotHolds.Use use = routed.router().holds().use(snapshot.timestamp());
    try {
      return new PagedCursor(range, options.at(snapshot), use, this::page);
    } catch (RuntimeException e) {
      use.close();
      throw e;
    }
  }

  private Supplier<ScanPage> page(KeyRange range, ScanOptions options) {
    CompletableFuture<ScanPage> page = routed.scan(range, options, due());
    return () -> await(page);
  }

  @Override
  public Snapshot snapshot() {
    return await(routed.snapshot(due()));
  }

  @Override
  public SnapshotHold hold(Snapshot snapshot) {
    return await(routed.router().holds().hold(snapshot.timestamp(), due()));
  }

  @Override
  public CompletableFuture<Optional<byte[]>> getAsync(byte[] key) {
    return guarded(() -> routed.newest(key, reads, due()));
  }

  @Override
  public CompletableFuture<Optional<byte[]>> getAsync(byte[] key, Snapshot snapshot) {
    return guarded(() -> routed.get(key, snapshot, due()));
  }

  @Override
  public CompletableFuture<List<Optional<byte[]>>> multiGetAsync(List<byte[]> keys) {
    return guarded(() -> routed.multiGet(keys, null, due()));
  }

  @Override
  public CompletableFuture<Void> putAsync(byte[] key, byte[] value) {
    return guarded(() -> routed.put(key, value, due()));
  }

  @Override
  public CompletableFuture<Void> deleteAsync(byte[] key) {
    return guarded(() -> routed.delete(key, due()));
  }

  @Override
  public CompletableFuture<Boolean> compareAndSetAsync(
      byte[] key, Optional<byte[]> expected, Optional<byte[]> update) {
    return guarded(() -> routed.compareAndSet(key, expected, update, due()));
  }

  @Override
  public CompletableFuture<Void> writeAsync(WriteBatch batch) {
    return guarded(() -> routed.write(batch, due()));
  }

  @Override
  public CompletableFuture<ScanPage> scanAsync(KeyRange range, ScanOptions options) {
    return guarded(() -> routed.scan(range, options, due()));
  }

  @Override
  public CompletableFuture<Snapshot> snapshotAsync() {
    return guarded(() -> routed.snapshot(due()));
  }

  @Override
  public Fleet fleet() {
    return fleet.apply(deadline);
  }

  @Override
  public void close() {
    routed.router().close();
    onClose.run();
  }

  /// What a call refuses at once comes through the future, too.
  private static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
    try {
      return call.get();
    } catch (EngineException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    waiting.until(future);
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof EngineException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
