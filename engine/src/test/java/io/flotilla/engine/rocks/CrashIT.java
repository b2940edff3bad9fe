package io.flotilla.engine.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.EntryId;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.StateCursor;
import io.flotilla.spi.StateStorage.StoredRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that are killed, and what the next start finds.
final class CrashIT {
  @TempDir Path root;

  @Test
  void acknowledgedWritesSurviveKills() throws Exception {
    Path path = root.resolve("store");
    for (int lines : List.of(50, 700, 2500)) {
      String last = killAfter(lines, "write", path.toString());
      try (StoreFolder folder = StoreFolder.open(path);
          RocksDisk disk = CrashingWriter.open(folder)) {
        checkWrites(disk, Long.parseLong(last));
      }
    }
  }

  private static void checkWrites(RocksDisk disk, long acknowledged) {
    StoredGroup group = disk.log().load().getFirst();
    List<StoredRange> ranges = disk.state().load();
    EntryId applied = ranges.isEmpty() ? EntryId.ZERO : ranges.getFirst().applied();
    assertTrue(group.lastIndex() >= acknowledged, group + " after " + acknowledged);
    assertTrue(applied.index() >= group.compacted().index(), applied + " behind " + group);
    for (long index = 1; index <= applied.index(); index++) {
      assertNotNull(disk.state().get(CrashingWriter.key(index)), "key " + index);
    }
    long first = group.compacted().index() + 1;
    var entries =
        disk.log().read(CrashingWriter.RANGE.id(), first, group.lastIndex(), Integer.MAX_VALUE);
    assertEquals(group.lastIndex() - first + 1, entries.size());
    // Catch up, as the store would, so that the next round may go on.
    entries.forEach(entry -> assertEquals(2000, entry.payload().length));
    assertTrue(applied.index() <= group.lastIndex(), applied + " before " + group);
    replay(disk, applied.index() + 1, group.lastIndex());
  }

  private static void replay(RocksDisk disk, long from, long to) {
    for (long index = from; index <= to; index++) {
      CrashingWriter.apply(disk, index, CrashingWriter.key(index), new byte[2000]);
    }
  }

  @Test
  void anInstallIsFinishedWhereverItWasKilled() throws Exception {
    int pending = 0;
    for (int lines = 1; lines <= 4; lines++) {
      Path path = root.resolve("target" + lines);
      killAfter(lines, "install", path.toString(), root.resolve("source" + lines).toString());
      try (StoreFolder folder = StoreFolder.open(path);
          RocksDisk disk = CrashingWriter.open(folder)) {
        pending += finish(disk) ? 1 : 0;
      }
    }
    assertTrue(pending >= 1, "no kill hit an install: the test tests nothing");
  }

  /// Does what a start does with a pending note; true if there was one.
  private static boolean finish(RocksDisk disk) {
    StoredGroup group = disk.log().load().getFirst();
    disk.state().load();
    if (group.note().length == 0) {
      return false;
    }
    assertArrayEquals(CrashingWriter.NOTE, group.note());
    SnapshotManifest manifest = disk.snapshots().staged().getFirst();
    assertTrue(disk.snapshots().stage(manifest).isEmpty(), "noted, so all of it was durable");
    disk.snapshots().install(manifest, List.of());
    CrashingWriter.note(disk, manifest.applied(), new byte[0]);
    assertEquals(manifest.applied(), disk.state().load().getFirst().applied());
    try (StateCursor cursor = disk.state().scan(bytes("d"), bytes("e"), false, false)) {
      int keys = 0;
      for (; cursor.isValid(); cursor.next()) {
        keys++;
      }
      assertEquals(CrashingWriter.SNAPSHOT_KEYS, keys);
    }
    return true;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// Runs [CrashingWriter] until it has printed so many lines, kills it, and returns its last line.
  private static String killAfter(int lines, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Xmx128m");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(CrashingWriter.class.getName());
    Collections.addAll(command, arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String last = readLines(output, lines);
      process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the output, too
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = line.isEmpty() ? last : line;
      }
      process.waitFor();
      return last;
    }
  }

  private static String readLines(BufferedReader output, int lines) throws IOException {
    String last = "";
    for (int i = 0; i < lines; i++) {
      String line = output.readLine();
      assertNotNull(line, "the process ended by itself after " + last);
      last = line;
    }
    return last;
  }
}
