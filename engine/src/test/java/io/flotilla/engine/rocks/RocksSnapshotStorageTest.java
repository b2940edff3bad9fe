package io.flotilla.engine.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.TestDisks.TestDisk;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.SnapshotStorageContract;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksSnapshotStorageTest extends SnapshotStorageContract {
  private static final RangeDescriptor LEFT =
      new RangeDescriptor(
          new RangeId(2), new KeySpan(Key.EMPTY, Key.of("m".getBytes(UTF_8))), 1, List.of());

  @TempDir Path root;
  private TestDisks disks;

  @Override
  protected Disk create(String name) {
    if (disks == null) {
      disks = new TestDisks(root);
    }
    return disk(disks.create());
  }

  @Override
  protected Disk crash(Disk disk) {
    return disk(disks.crash(testDisk(disk)));
  }

  private static Disk disk(TestDisk opened) {
    return new Disk(opened.disk().state(), opened.disk().snapshots());
  }

  private TestDisk testDisk(Disk disk) {
    return disks.find(disk.state());
  }

  @Override
  protected byte[] stateKey(String userKey) {
    return StateLayout.versionKey(userKey.getBytes(UTF_8), 5);
  }

  @AfterEach
  void closeDisks() {
    disks.close();
  }

  @Test
  void chunksAreBounded() {
    fill(source, LEFT, "a", 1000);
    SnapshotManifest manifest = source.snapshots().cut(LEFT.id());
    assertTrue(manifest.chunks().stream().allMatch(chunk -> chunk.bytes() <= 1 << 20));
    assertEquals(manifest.bytes(), manifest.chunks().stream().mapToLong(c -> c.bytes()).sum());
  }

  @Test
  void aCrashInTheMiddleOfAnInstallIsRepeated() {
    fill(source, LEFT, "a", 300);
    SnapshotManifest manifest = source.snapshots().cut(LEFT.id());
    fill(target, LEFT, "b", 300);
    transfer(manifest);
    // What an install has done when it dies before the ingestion: the span is empty, durably.
    target.state().clear(manifest.descriptor());
    target.state().flush();
    target = crash(target);
    target.snapshots().install(manifest, List.of());
    assertFilled("a", 300);
  }

  @Test
  void aStagedFileThatRottedIsNotInstalled() throws IOException {
    fill(source, LEFT, "a", 300);
    SnapshotManifest manifest = source.snapshots().cut(LEFT.id());
    fill(target, LEFT, "b", 10);
    transfer(manifest);
    Path chunks = find(testDisk(target).folder().path(), "CHUNKS");
    byte[] content = Files.readAllBytes(chunks);
    content[content.length / 2] ^= 1;
    Files.write(chunks, content);
    StorageException refused =
        assertThrows(StorageException.class, () -> target.snapshots().install(manifest, List.of()));
    assertTrue(refused.getMessage().contains("changed on the disk"), refused.getMessage());
    assertEquals(1, target.snapshots().stage(manifest).cardinality());
    transfer(manifest);
    target.snapshots().install(manifest, List.of());
    assertFilled("a", 300);
  }

  @Test
  void aHalfMadeStagingFolderIsDropped() throws IOException {
    SnapshotManifest manifest = source.snapshots().cut(LEFT.id());
    target.snapshots().stage(manifest);
    Path file = find(testDisk(target).folder().path(), "MANIFEST");
    Files.write(file, new byte[] {1, 2, 3});
    target = crash(target);
    assertEquals(List.of(), target.snapshots().staged());
  }

  private static Path find(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("snapshots"))) {
      return all.filter(path -> path.endsWith(name)).findFirst().orElseThrow();
    }
  }
}
