package io.flotilla.cli.fake;

import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.ReadMode;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.SnapshotHold;
import io.flotilla.engine.WriteBatch;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/// An engine over a sorted map. `failures` are thrown, one for each call, before calls succeed
/// again.
public final class FakeEngine implements Engine {
  private final ConcurrentSkipListMap<Key, byte[]> map = new ConcurrentSkipListMap<>();
  private final Deque<EngineException> failures = new ArrayDeque<>();
  private final FakeFleet fleet = new FakeFleet();
  private int calls;
  private boolean closed;

  public FakeEngine failNext(EngineException... some) {
    failures.addAll(List.of(some));
    return this;
  }

  public Optional<String> text(String key) {
    return get(bytes(key)).map(value -> new String(value, StandardCharsets.UTF_8));
  }

  public FakeEngine with(String key, String value) {
    map.put(Key.of(bytes(key)), bytes(value));
    return this;
  }

  public int size() {
    return map.size();
  }

  public int calls() {
    return calls;
  }

  public boolean isClosed() {
    return closed;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private synchronized void call() {
    calls++;
    EngineException failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
  }

  private static <T> CompletableFuture<T> async(Supplier<T> work) {
    try {
      return CompletableFuture.completedFuture(work.get());
    } catch (EngineException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Engine withReads(ReadMode reads) {
    return this;
  }

  @Override
  public Engine withDeadline(Duration deadline) {
    return this;
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    call();
    return Optional.ofNullable(map.get(Key.of(key)));
  }

  @Override
  public Optional<byte[]> get(byte[] key, Snapshot snapshot) {
    return get(key);
  }

  @Override
  public List<Optional<byte[]>> multiGet(List<byte[]> keys) {
    return keys.stream().map(this::get).toList();
  }

  @Override
  public List<Optional<byte[]>> multiGet(List<byte[]> keys, Snapshot snapshot) {
    return multiGet(keys);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    call();
    map.put(Key.of(key), value);
  }

  @Override
  public void delete(byte[] key) {
    call();
    map.remove(Key.of(key));
  }

  @Override
  public boolean compareAndSet(byte[] key, Optional<byte[]> expected, Optional<byte[]> update) {
    byte[] current = get(key).orElse(null);
    if (!Arrays.equals(current, expected.orElse(null))) {
      return false;
    }
    update.ifPresentOrElse(value -> put(key, value), () -> delete(key));
    return true;
  }

  @Override
  public void write(WriteBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Cursor scan(KeyRange range) {
    return scan(range, ScanOptions.FORWARD);
  }

  @Override
  public Cursor scan(KeyRange range, ScanOptions options) {
    call();
    return new ListCursor(entries(range, options).iterator());
  }

  private List<KeyValue> entries(KeyRange range, ScanOptions options) {
    NavigableMap<Key, byte[]> some = map.tailMap(range.start(), true);
    List<KeyValue> entries = new ArrayList<>();
    some.forEach((key, value) -> {
      if (range.end().isEmpty() || key.compareTo(range.end()) < 0) {
        entries.add(new KeyValue(key.bytes(), value));
      }
    });
    if (options.reverse()) {
      Collections.reverse(entries);
    }
    int limit = options.limit() == 0 ? entries.size() : (int) options.limit();
    return entries.subList(0, Math.min(limit, entries.size()));
  }

  @Override
  public Snapshot snapshot() {
    return new Snapshot(Timestamp.atMillis(1_000));
  }

  @Override
  public SnapshotHold hold(Snapshot snapshot) {
    return new SnapshotHold() {
      @Override
      public Snapshot snapshot() {
        return snapshot;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public CompletableFuture<Optional<byte[]>> getAsync(byte[] key) {
    return async(() -> get(key));
  }

  @Override
  public CompletableFuture<Optional<byte[]>> getAsync(byte[] key, Snapshot snapshot) {
    return getAsync(key);
  }

  @Override
  public CompletableFuture<List<Optional<byte[]>>> multiGetAsync(List<byte[]> keys) {
    return async(() -> multiGet(keys));
  }

  @Override
  public CompletableFuture<Void> putAsync(byte[] key, byte[] value) {
    return async(
            () -> {
              put(key, value);
              return key;
            })
        .thenAccept(_ -> {});
  }

  @Override
  public CompletableFuture<Void> deleteAsync(byte[] key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Boolean> compareAndSetAsync(
      byte[] key, Optional<byte[]> expected, Optional<byte[]> update) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Void> writeAsync(WriteBatch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<ScanPage> scanAsync(KeyRange range, ScanOptions options) {
    return async(() -> new ScanPage(entries(range, options), snapshot(), null));
  }

  @Override
  public CompletableFuture<Snapshot> snapshotAsync() {
    return async(this::snapshot);
  }

  @Override
  public FakeFleet fleet() {
    return fleet;
  }

  @Override
  public void close() {
    closed = true;
  }

  private record ListCursor(Iterator<KeyValue> entries) implements Cursor {
    @Override
    public Snapshot snapshot() {
      return new Snapshot(Timestamp.ZERO);
    }

    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public KeyValue next() {
      return entries.next();
    }

    @Override
    public void close() {}
  }
}
