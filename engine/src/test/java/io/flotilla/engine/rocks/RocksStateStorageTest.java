package io.flotilla.engine.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.TestDisks.TestDisk;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.Seek;
import io.flotilla.spi.StateStorageContract;
import io.flotilla.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksStateStorageTest extends StateStorageContract {
  private static final long TIME = 1000;

  @TempDir Path root;
  private TestDisks disks;
  private TestDisk disk;

  @Override
  protected StateStorage create() {
    disks = new TestDisks(root);
    disk = disks.create();
    return disk.disk().state();
  }

  @Override
  protected StateStorage crash(StateStorage state) {
    disk = disks.crash(disk);
    return disk.disk().state();
  }

  @Override
  protected StateStorage reopen(StateStorage state) {
    disk = disks.reopen(disk);
    return disk.disk().state();
  }

  @Override
  protected byte[] stateKey(String userKey) {
    return StateLayout.versionKey(bytes(userKey), TIME);
  }

  @AfterEach
  void closeDisks() {
    disks.close();
  }

  @Test
  void whatIsNotInMemoryNeedsTheDisk() {
    state.apply(List.of(update(LEFT, 2, put("a", "1"))));
    state = reopen(state);
    assertInstanceOf(StateStorage.Lookup.NeedsDisk.class, state.getFromMemory(stateKey("a")));
    try (var cursor = state.scan(stateKey("a"), stateKey("b"), false, true)) {
      assertTrue(cursor.needsDisk());
    }
    assertNotNull(state.get(stateKey("a")));
    assertInstanceOf(StateStorage.Lookup.Found.class, state.getFromMemory(stateKey("a")));
  }

  @Test
  void aSeekFindsTheNewestVersionAtOrBelow() {
    for (long time : List.of(10L, 20L, 30L)) {
      state.apply(List.of(update(LEFT, time, version("k", time), version("kk", time))));
    }
    assertNewest(20, "k", 29);
    assertNewest(20, "k", 20);
    assertNewest(30, "k", Long.MAX_VALUE);
    assertNewest(0, "k", 9);
    assertNewest(0, "kkk", 99);
    assertNewest(0, "zz", 99);
    state.flush();
    state.apply(List.of(update(LEFT, 50, version("k", 50))));
    assertNewest(50, "k", Long.MAX_VALUE);
  }

  @Test
  void aSeekInMemorySaysWhenItNeedsTheDisk() {
    state.apply(List.of(update(LEFT, 2, version("k", 10))));
    state = reopen(state);
    byte[] from = StateLayout.versionKey(bytes("k"), 10);
    assertEquals(Seek.NEEDS_DISK, state.seek(from, 4, true));
    assertInstanceOf(Seek.Found.class, state.seek(from, 4, false));
    assertInstanceOf(Seek.Found.class, state.seek(from, 4, true));
  }

  @Test
  void seeksOfManyThreadsShareNothingAndEndWithTheStorage() throws InterruptedException {
    state.apply(List.of(update(LEFT, 2, version("k", 10))));
    Thread thread = new Thread(() -> assertNewest(10, "k", 10));
    thread.start();
    thread.join();
    assertNewest(10, "k", 10);
    state.close();
    assertThrows(StorageException.class, () -> assertNewest(10, "k", 10));
  }

  @Test
  void aLargeRangeIsCutNearItsMiddle() {
    List<StateStorage.StateWrite> writes = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      // Unlike values, so that compression does not shrink them; most keys crowd in few prefixes.
      String key = "city/" + (i % 20 == 0 ? "b" : "a") + "/" + (100_000 + i);
      writes.add(put(key, noise(i)));
      if (writes.size() == 500) {
        state.apply(List.of(update(LEFT, i + 2, writes.toArray(StateStorage.StateWrite[]::new))));
        writes.clear();
      }
    }
    state.flush();
    byte[] middle = state.middleKey(LEFT);
    assertNotNull(middle);
    String key = new String(middle, UTF_8);
    assertTrue(key.startsWith("city/a/"), key);
    int position = Integer.parseInt(key.substring("city/a/".length())) - 100_000;
    assertTrue(position > 8_000 && position < 13_000, "cut at " + position + " of 20,000");
  }

  @Test
  void versionsOfOneKeyCannotBeCut() {
    for (int i = 1; i < 300; i++) {
      state.apply(List.of(update(LEFT, i + 1, version("k", i))));
    }
    assertNull(state.middleKey(LEFT));
  }

  @Test
  void clearingFlushedDataSurvivesAFlush() {
    for (int i = 0; i < 5_000; i++) {
      state.apply(List.of(update(LEFT, i + 2, put("a" + i, noise(i)), put("l" + i, noise(i)))));
    }
    state.apply(List.of(update(RIGHT, 2, put("x", "kept"))));
    state.flush();
    state.clear(LEFT);
    state.flush();
    state = crash(state);
    try (var cursor = state.scan(new byte[] {'d'}, new byte[] {'e'}, false, false)) {
      assertEquals("kept", new String(cursor.value(), UTF_8));
      cursor.next();
      assertTrue(!cursor.isValid());
    }
    assertEquals(5_001, state.load().getFirst().applied().index());
  }

  @Test
  void closingUnderAnOpenCursorIsRefused() {
    var cursor = state.scan(stateKey("a"), stateKey("b"), false, false);
    StorageException refused = assertThrows(StorageException.class, state::close);
    assertTrue(refused.getMessage().contains("cursors"), refused.getMessage());
    cursor.close();
    state.close();
  }

  private static StateStorage.StateWrite version(String key, long time) {
    return new StateStorage.StateWrite(StateLayout.versionKey(bytes(key), time), bytes("v" + time));
  }

  /// `expected` 0: none.
  private void assertNewest(long expected, String key, long at) {
    byte[] from = StateLayout.versionKey(bytes(key), at);
    Seek found = state.seek(from, from.length - StateLayout.TIMESTAMP_BYTES, false);
    long time = found instanceof Seek.Found(var stored, _) ? StateLayout.timestampOf(stored) : 0;
    assertEquals(expected, time);
  }

  private static String noise(int seed) {
    StringBuilder text = new StringBuilder();
    long mixed = seed;
    while (text.length() < 1000) {
      mixed = mixed * 6364136223846793005L + 1442695040888963407L;
      text.append(mixed);
    }
    return text.toString();
  }
}
