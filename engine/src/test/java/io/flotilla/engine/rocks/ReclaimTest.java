package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.TestDisks.TestDisk;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReclaimTest {
  private static final RangeId RANGE = new RangeId(2);
  private static final RangeDescriptor DESCRIPTOR =
      new RangeDescriptor(RANGE, KeySpan.ALL, 1, List.of());
  private static final long ROOM = 1L << 30;
  private static final int KEYS = 20_000;
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  @TempDir Path root;
  private final Random random = new Random(5);

  @Test
  void whatWasDeletedGivesItsRoomBackAtOnce() {
    try (TestDisks disks = new TestDisks(root)) {
      TestDisk disk = disks.create();
      disk.disk().log().load();
      disk.disk().state().load();
      for (int from = 0; from < KEYS; from += 500) {
        write(disk, from, from + 500, true);
      }
      disk.disk().state().flush();
      long full = bytes(disk.folder().path().resolve("state"));
      assertTrue(full > KEYS * 1000L, "written: " + full);
      for (int from = 0; from < KEYS - 500; from += 500) {
        write(disk, from, from + 500, false);
      }
      disk.disk().reclaim(ROOM);
      awaitBelow(full / 10, disk.folder().path().resolve("state"));
      assertNotNull(disk.disk().state().get(key(KEYS - 1)));
      assertEquals(null, disk.disk().state().get(key(0)));
      disk.disk().endReclaim();
      disk.disk().reclaim(ROOM);
    }
  }

  @Test
  void theWriteAheadFilesOfTheLogGoToo() {
    try (TestDisks disks = new TestDisks(root)) {
      TestDisk disk = disks.create();
      disk.disk().log().load();
      for (int index = 1; index <= 2000; index++) {
        Entry entry = new Entry(1, index, EntryKind.COMMAND, value());
        EntryId compact = index == 2000 ? new EntryId(1, 1999) : null;
        disk.disk()
            .log()
            .write(
                List.of(
                    new GroupWrite(
                        RANGE, new PeerId(1), null, List.of(entry), compact, null, null)));
      }
      long full = bytes(disk.folder().path().resolve("log"));
      disk.disk().reclaim(ROOM);
      awaitBelow(full / 4, disk.folder().path().resolve("log"));
    }
  }

  private void write(TestDisk disk, int from, int to, boolean put) {
    List<StateWrite> writes = new ArrayList<>();
    for (int i = from; i < to; i++) {
      writes.add(new StateWrite(key(i), put ? value() : null));
    }
    EntryId applied = new EntryId(1, from + 1);
    disk.disk().state().apply(List.of(new RangeUpdate(RANGE, applied, DESCRIPTOR, writes, false)));
  }

  private byte[] value() {
    byte[] value = new byte[1100];
    random.nextBytes(value);
    return value;
  }

  private static byte[] key(int number) {
    return StateLayout.versionKey(Integer.toString(number).getBytes(), 1);
  }

  /// RocksDB's own thread deletes the files that were compacted away, and may be a moment behind
  /// whoever waited for the compaction.
  private static void awaitBelow(long most, Path folder) {
    long begun = System.nanoTime();
    long left = bytes(folder);
    while (left >= most && System.nanoTime() - begun < PATIENCE_NANOS) {
      LockSupport.parkNanos(1_000_000);
      left = bytes(folder);
    }
    assertTrue(left < most, left + " bytes are left, at most " + most + " wanted");
  }

  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
