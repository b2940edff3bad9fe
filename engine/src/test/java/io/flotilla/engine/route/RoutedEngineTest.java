package io.flotilla.engine.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.MultiRangeBatchException;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.WriteBatch;
import io.flotilla.keyspace.Key;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine's calls over real machines, while ranges split and leaders move under them.
class RoutedEngineTest {
  private static final long DEADLINE = Long.MAX_VALUE / 2;
  private static final int KEYS = 60;

  private TinyFleet fleet = new TinyFleet(1);
  private RoutedEngine engine = new RoutedEngine(fleet.router);
  private RandomSource random = new RandomSource(1);
  private final NavigableMap<String, String> twin = new TreeMap<>();

  private void start(long seed) {
    fleet = new TinyFleet(seed);
    engine = new RoutedEngine(fleet.router);
    random = new RandomSource(seed);
    twin.clear();
    for (int i = 0; i < KEYS; i += 2) {
      write(i, "old" + i);
    }
  }

  @BeforeEach
  void someData() {
    start(1);
  }

  private void write(int number, String value) {
    await(engine.put(bytes(key(number)), bytes(value), DEADLINE));
    twin.put(key(number), value);
  }

  private <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    fleet.until(future::isDone, () -> {});
    return future.join();
  }

  /// The same, while the fleet changes.
  private <T> T awaitInTurmoil(CompletableFuture<T> future) {
    fleet.until(future::isDone, this::disturb);
    return future.join();
  }

  private void disturb() {
    if (random.oneIn(2)) {
      fleet.split(Key.of(bytes(key(random.nextInt(KEYS)))));
    }
    if (random.oneIn(4)) {
      fleet.moveALeader();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aScanIsCompleteAndOrderedWhateverSplitsUnderIt(long seed) {
    for (boolean reverse : new boolean[] {false, true}) {
      start(seed);
      Snapshot snapshot = await(engine.snapshot(DEADLINE));
      List<String> expected = all(reverse);
      for (int i = 1; i < KEYS; i += 2) {
        await(engine.put(bytes(key(i)), bytes("too late"), DEADLINE));
      }
      assertEquals(expected, scan(snapshot, reverse, 40));
      assertTrue(fleet.descriptors().size() > 3, "ranges: " + fleet.descriptors().size());
    }
  }

  private List<String> all(boolean reverse) {
    NavigableMap<String, String> ordered = reverse ? twin.descendingMap() : twin;
    return ordered.entrySet().stream().map(entry -> entry.toString()).toList();
  }

  private List<String> scan(Snapshot snapshot, boolean reverse, int pageBytes) {
    List<String> found = new ArrayList<>();
    KeyRange rest = KeyRange.ALL;
    ScanOptions options = new ScanOptions(reverse, 0, snapshot, pageBytes);
    while (rest != null) {
      ScanPage page = awaitInTurmoil(engine.scan(rest, options, DEADLINE));
      page.entries().forEach(entry -> found.add(text(entry)));
      rest = page.rest();
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aMultiGetIsOneMomentWhateverSplitsUnderIt(long seed) {
    start(seed);
    Snapshot snapshot = await(engine.snapshot(DEADLINE));
    List<byte[]> keys = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String key = key(random.nextInt(KEYS));
      keys.add(bytes(key));
      expected.add(twin.getOrDefault(key, "none"));
    }
    await(engine.put(bytes(key(0)), bytes("too late"), DEADLINE));
    for (int i = 0; i < 3; i++) {
      var values = awaitInTurmoil(engine.multiGet(keys, snapshot, DEADLINE));
      assertEquals(expected, values.stream().map(RoutedEngineTest::text).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aMultiGetOfNowNeedsNoTimestampWhileItsKeysAreOfOneRange(long seed) {
    start(seed);
    List<byte[]> keys = List.of(bytes(key(8)), bytes(key(9)), bytes(key(50)));
    List<String> expected = List.of("old8", "none", "old50");
    for (int i = 0; i < 5; i++) {
      var values = awaitInTurmoil(engine.multiGet(keys, null, DEADLINE));
      assertEquals(expected, values.stream().map(RoutedEngineTest::text).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void writesAreDoneExactlyOnceInTurmoil(long seed) {
    start(seed);
    String key = key(7);
    int swaps = 0;
    String value = "0";
    await(engine.put(bytes(key), bytes(value), DEADLINE));
    for (int i = 1; i <= 40; i++) {
      String next = Integer.toString(i);
      CompletableFuture<Boolean> swap =
          engine.compareAndSet(
              bytes(key), Optional.of(bytes(value)), Optional.of(bytes(next)), DEADLINE);
      assertTrue(awaitInTurmoil(swap), "swap " + i);
      value = next;
      swaps++;
    }
    Optional<byte[]> last = await(engine.get(bytes(key), null, DEADLINE));
    assertEquals(Integer.toString(swaps), text(last));
    assertTrue(fleet.refused > 0);
  }

  @Test
  void aBatchWithinARangeIsDoneAndOneOverSeveralIsRefused() {
    fleet.split(Key.of(bytes(key(30))));
    WriteBatch left = new WriteBatch().put(bytes(key(1)), bytes("x")).delete(bytes(key(2)));
    await(engine.write(left, DEADLINE));
    assertEquals("x", text(await(engine.get(bytes(key(1)), null, DEADLINE))));
    assertEquals("none", text(await(engine.get(bytes(key(2)), null, DEADLINE))));
    WriteBatch both = new WriteBatch().put(bytes(key(1)), bytes("y")).delete(bytes(key(40)));
    CompletableFuture<?> refused = engine.write(both, DEADLINE);
    fleet.until(refused::isDone, () -> {});
    assertInstanceOf(MultiRangeBatchException.class, refused.exceptionNow());
    assertEquals("x", text(await(engine.get(bytes(key(1)), null, DEADLINE))));
  }

  @Test
  void aLimitEndsAScanAndSaysWhatIsLeft() {
    Snapshot snapshot = await(engine.snapshot(DEADLINE));
    ScanOptions options = ScanOptions.FORWARD.withLimit(3).at(snapshot);
    ScanPage page = await(engine.scan(KeyRange.ALL, options, DEADLINE));
    assertEquals(3, page.entries().size());
    assertFalse(page.rest() == null);
    ScanPage empty = await(engine.scan(KeyRange.between(b("x"), b("x")), options, DEADLINE));
    assertTrue(empty.entries().isEmpty() && empty.rest() == null);
    ScanPage end = await(engine.scan(KeyRange.from(b("x")), options, DEADLINE));
    assertTrue(end.entries().isEmpty() && end.rest() == null);
  }

  @Test
  void aCursorWalksAllPagesUpToItsLimit() {
    Snapshot snapshot = await(engine.snapshot(DEADLINE));
    for (long limit : new long[] {0, 1, 7, 30, 100}) {
      ScanOptions options = new ScanOptions(true, limit, snapshot, 30);
      PagedCursor cursor =
          new PagedCursor(
              KeyRange.ALL,
              options,
              engine.router().holds().use(snapshot.timestamp()),
              (rest, paged) -> {
                CompletableFuture<ScanPage> page = engine.scan(rest, paged, DEADLINE);
                return () -> awaitInTurmoil(page);
              });
      List<String> found = new ArrayList<>();
      cursor.forEachRemaining(entry -> found.add(text(entry)));
      List<String> expected = all(true);
      assertEquals(
          limit == 0 ? expected : expected.subList(0, (int) Math.min(limit, expected.size())),
          found);
    }
  }

  private static String key(int number) {
    return "k" + (100 + number);
  }

  private static String text(KeyValue entry) {
    return new String(entry.key(), UTF_8) + "=" + new String(entry.value(), UTF_8);
  }

  private static String text(Optional<byte[]> value) {
    return value.map(bytes -> new String(bytes, UTF_8)).orElse("none");
  }

  private static byte[] b(String text) {
    return bytes(text);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
