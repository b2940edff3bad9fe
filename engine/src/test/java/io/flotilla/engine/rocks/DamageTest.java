package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever happens to a file of a store, its start says so in one line that names the place and
/// what to try; or all that was acknowledged is there.
final class DamageTest {
  private static final RangeId RANGE = new RangeId(2);
  private static final int ENTRIES = 200;
  private static final RocksOptions SYNCED = TestDisks.SMALL.withUnsafeNoFsync(false);

  @TempDir Path root;
  private final NativeHandles handles = new NativeHandles();
  private Path path;
  private Path crashed;

  @BeforeEach
  void writeAStore() {
    path = root.resolve("store");
    crashed = root.resolve("crashed");
    try (StoreFolder folder = StoreFolder.create(path, StoreIdentity.UNASSIGNED);
        RocksDisk disk = open(folder)) {
      for (int i = 1; i <= ENTRIES; i++) {
        apply(disk, i);
      }
      TestDisks.copyTree(path, crashed);
    }
  }

  @AfterEach
  void lookForLeaks() {
    assertEquals(List.of(), handles.open());
  }

  @ParameterizedTest
  @CsvSource({
    "log, CURRENT, truncated", "log, CURRENT, garbled", "log, CURRENT, missing",
    "state, CURRENT, truncated", "state, CURRENT, garbled", "state, CURRENT, missing",
    "log, MANIFEST, truncated", "log, MANIFEST, garbled", "log, MANIFEST, missing",
    "state, MANIFEST, truncated", "state, MANIFEST, garbled", "state, MANIFEST, missing",
    "log, .sst, truncated", "log, .sst, garbled", "log, .sst, missing",
    "state, .sst, truncated", "state, .sst, garbled", "state, .sst, missing",
    "log, .log, missing"
  })
  void damageIsNamed(String part, String file, String how) throws IOException {
    assertNamed(part, file, how);
  }

  @ParameterizedTest
  @CsvSource({"log, .log, garbled", "log, .log, missing"})
  void damageAfterACrashIsNamed(String part, String file, String how) throws IOException {
    path = crashed;
    assertNamed(part, file, how);
  }

  private void assertNamed(String part, String file, String how) throws IOException {
    damage(path.resolve(part), file, how);
    StorageException refused = assertThrows(StorageException.class, this::readEverything);
    String message = refused.getMessage();
    assertTrue(message.startsWith(path.resolve(part.isEmpty() ? file : part).toString()), message);
    assertTrue(message.contains("try: "), message);
    assertTrue(message.indexOf('\n') < 0, message);
  }

  @Test
  void aTornTailOfTheLogIsAnUnacknowledgedWrite() throws IOException {
    path = crashed;
    Path wal = only(path.resolve("log"), ".log");
    change(wal, bytes -> Arrays.copyOf(bytes, bytes.length - 7));
    assertEquals(ENTRIES - 1, readEverything());
  }

  /// The same loss, but of a write that had been acknowledged: RocksDB itself cannot tell.
  @ParameterizedTest
  @ValueSource(ints = {7, 4000, 100_000, 700_000})
  void anAcknowledgedTailThatIsLostIsNamed(int bytesLost) throws IOException {
    Path sound = root.resolve("sound");
    path = root.resolve("cut short");
    try (StoreFolder folder = StoreFolder.create(root.resolve("synced"), StoreIdentity.UNASSIGNED);
        RocksDisk disk = RocksDisk.open(folder, SYNCED, new RandomSource(1), handles)) {
      for (int i = 1; i <= ENTRIES; i++) {
        apply(disk, i);
      }
      TestDisks.copyTree(folder.path(), sound);
    }
    TestDisks.copyTree(sound, path);
    Path wal = only(path.resolve("log"), ".log");
    change(wal, bytes -> Arrays.copyOf(bytes, bytes.length - bytesLost));
    StorageException refused = assertThrows(StorageException.class, this::readEverything);
    assertTrue(refused.getMessage().contains("had acknowledged"), refused.getMessage());
    path = sound;
    assertEquals(ENTRIES, readEverything());
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "missing"})
  void aDamagedMarkIsNamed(String how) throws IOException {
    assertNamed("", "log.reached", how);
  }

  @Test
  void aSoundStoreIsReadWhole() {
    assertEquals(ENTRIES, readEverything());
    path = crashed;
    assertEquals(ENTRIES, readEverything());
  }

  @ParameterizedTest
  @CsvSource({
    "log.watermark, truncated", "log.watermark, garbled", "log.watermark, missing",
    "state.watermark, truncated", "state.watermark, garbled", "state.watermark, missing"
  })
  void aDamagedWatermarkIsNamed(String file, String how) throws IOException {
    assertNamed("", file, how);
  }

  /// Opens the store, reads every entry and every value, and returns the last entry's index.
  private long readEverything() {
    try (StoreFolder folder = StoreFolder.open(path);
        RocksDisk disk = open(folder)) {
      StoredGroup group = disk.log().load().getFirst();
      disk.log().read(RANGE, 1, group.lastIndex(), Integer.MAX_VALUE);
      disk.state().load();
      for (int i = 1; i <= ENTRIES; i++) {
        disk.state().get(stateKey(i));
      }
      return group.lastIndex();
    }
  }

  private RocksDisk open(StoreFolder folder) {
    return RocksDisk.open(folder, TestDisks.SMALL, new RandomSource(1), handles);
  }

  private static void apply(RocksDisk disk, int index) {
    byte[] payload = new byte[4000];
    Entry entry = new Entry(1, index, EntryKind.COMMAND, payload);
    disk.log()
        .write(
            List.of(new GroupWrite(RANGE, new PeerId(1), null, List.of(entry), null, null, null)));
    RangeDescriptor descriptor = new RangeDescriptor(RANGE, KeySpan.ALL, 1, List.of());
    StateWrite write = new StateWrite(stateKey(index), payload);
    disk.state()
        .apply(
            List.of(
                new RangeUpdate(RANGE, new EntryId(1, index), descriptor, List.of(write), false)));
  }

  private static byte[] stateKey(int index) {
    byte[] user = String.format(Locale.ROOT, "%08d", index).getBytes();
    return StateLayout.versionKey(user, 1);
  }

  private static void damage(Path folder, String name, String how) throws IOException {
    Path file = only(folder, name);
    switch (how) {
      case "missing" -> Files.delete(file);
      case "truncated" -> change(file, bytes -> Arrays.copyOf(bytes, bytes.length / 2));
      default -> change(file, DamageTest::garbled);
    }
  }

  /// Turns some bytes in the middle.
  private static byte[] garbled(byte[] bytes) {
    for (int i = 0; i < 5; i++) {
      bytes[bytes.length / 2 + i] ^= 0x55;
    }
    return bytes;
  }

  private static void change(Path file, UnaryOperator<byte[]> change) throws IOException {
    Files.write(file, change.apply(Files.readAllBytes(file)));
  }

  private static Path only(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains(name))
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }
}
