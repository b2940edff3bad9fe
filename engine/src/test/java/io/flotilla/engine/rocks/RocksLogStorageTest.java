package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.TestDisks.TestDisk;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorageContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksLogStorageTest extends LogStorageContract {
  @TempDir Path root;
  private TestDisks disks;
  private TestDisk disk;

  @Override
  protected LogStorage create() {
    disks = new TestDisks(root);
    disk = disks.create();
    return disk.disk().log();
  }

  @Override
  protected LogStorage crash(LogStorage log) {
    disk = disks.crash(disk);
    return disk.disk().log();
  }

  @AfterEach
  void closeDisks() {
    disks.close();
  }

  @Test
  void aQuietRangeDoesNotPinTheFilesOfTheBusyOnes() throws IOException {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 3), null)));
    byte[] payload = new byte[256 << 10];
    for (int index = 1; index <= 1200; index++) {
      Entry entry = new Entry(1, index, EntryKind.COMMAND, payload);
      EntryId compact = index > 20 ? new EntryId(1, index - 20) : null;
      log.write(List.of(group(R300, P4, null, List.of(entry), compact)));
    }
    long bytes = bytes(disk.folder().log());
    assertTrue(bytes < 120 << 20, "300 MiB went through, 5 are live, and " + bytes + " are there");
    assertEquals(entries(1, 1, 3), log.read(R7, 1, 3, 1 << 20));
    assertEquals(20, log.read(R300, 1181, 1200, 1 << 30).size());
  }

  @Test
  void manyGroupsCompactManyTimes() {
    for (int round = 1; round <= 40; round++) {
      for (int range = 1; range <= 50; range++) {
        long from = (round - 1) * 20L + 1;
        log.write(
            List.of(
                new GroupWrite(
                    new RangeId(range),
                    P4,
                    null,
                    entries(1, from, from + 19),
                    round > 1 ? new EntryId(1, from - 1) : null,
                    null,
                    null)));
      }
    }
    log = crash(log);
    List<LogStorage.StoredGroup> found = log.load();
    assertEquals(50, found.size());
    found.forEach(group -> assertEquals(800, group.lastIndex()));
    assertEquals(entries(1, 781, 800), log.read(new RangeId(25), 781, 800, 1 << 20));
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
