package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class StoreFolderTest {
  private static final String CLUSTER = "0f8fad5b-d9cb-469f-a165-70867728950e";
  private static final StoreIdentity IDENTITY = new StoreIdentity(CLUSTER, new StoreId(3));

  @TempDir Path root;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = root.resolve("a/b/store");
  }

  @Test
  void isMadeAndOpened() {
    assertFalse(StoreFolder.isStore(path));
    try (StoreFolder folder = StoreFolder.create(path, IDENTITY)) {
      assertEquals(IDENTITY, folder.identity());
    }
    assertTrue(StoreFolder.isStore(path));
    try (StoreFolder folder = StoreFolder.open(path)) {
      assertEquals(IDENTITY, folder.identity());
      folder.requireCluster(CLUSTER);
      assertRefused("belongs to cluster " + CLUSTER, () -> folder.requireCluster("other"));
    }
  }

  @Test
  void isAssignedOnceAndForAll() {
    try (StoreFolder folder = StoreFolder.create(path, StoreIdentity.UNASSIGNED)) {
      assertFalse(folder.identity().isAssigned());
      folder.requireCluster(CLUSTER);
      folder.assign(CLUSTER, new StoreId(3));
    }
    try (StoreFolder folder = StoreFolder.open(path)) {
      assertEquals(IDENTITY, folder.identity());
      folder.assign(CLUSTER, new StoreId(3));
      assertRefused("is store 3", () -> folder.assign(CLUSTER, new StoreId(4)));
      assertRefused("belongs to", () -> folder.assign("other", new StoreId(3)));
    }
  }

  @Test
  void isLockedAgainstASecondUse() {
    try (StoreFolder _ = StoreFolder.create(path, IDENTITY)) {
      assertRefused("in use by another process", () -> StoreFolder.open(path));
    }
    StoreFolder.open(path).close();
  }

  @Test
  void isNotMadeTwice() {
    StoreFolder.create(path, IDENTITY).close();
    assertRefused("a store already", () -> StoreFolder.create(path, IDENTITY));
  }

  @Test
  void isNotFoundWhereThereIsNone() throws IOException {
    assertRefused("no such folder", () -> StoreFolder.open(path));
    Files.createDirectories(path);
    assertRefused("no store in this folder", () -> StoreFolder.open(path));
    Files.createDirectories(path.getParent());
    Path file = Files.createFile(root.resolve("file"));
    assertRefused("cannot make the store's folder", () -> StoreFolder.create(file, IDENTITY));
  }

  @Test
  void withoutIdentityItIsNobodys() throws IOException {
    StoreFolder.create(path, IDENTITY).close();
    Files.delete(path.resolve("STORE"));
    assertRefused("has log/ but no file STORE", () -> StoreFolder.open(path));
    assertRefused("has log/ but no file STORE", () -> StoreFolder.create(path, IDENTITY));
  }

  @Test
  void everyPartMustBeThere() throws IOException {
    StoreFolder.create(path, IDENTITY).close();
    for (String part : List.of("log", "state", "snapshots")) {
      Files.move(path.resolve(part), path.resolve("away"));
      assertRefused("the folder " + part + "/ is missing", () -> StoreFolder.open(path));
      Files.move(path.resolve("away"), path.resolve(part));
    }
    StoreFolder.open(path).close();
  }

  @Test
  void anInterruptedCreationIsDoneAnew() throws IOException {
    StoreFolder.create(path, IDENTITY).close();
    Files.delete(path.resolve("STORE"));
    Files.createFile(path.resolve("CREATING"));
    DurableFiles.deleteTree(path.resolve("state"));
    StoreFolder.create(path, IDENTITY).close();
    assertFalse(Files.exists(path.resolve("CREATING")));
    StoreFolder.open(path).close();
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    StoreFolder.create(path, IDENTITY).close();
    Path file = path.resolve("STORE");
    String body = "flotilla store\nformat 2\nsomething new\n";
    String checksum = String.format("%08x", Checksum.of(body.getBytes()));
    Files.writeString(file, body + "crc32c " + checksum + "\n");
    assertRefused("written in format 2, this release reads up to 1", () -> StoreFolder.open(path));
  }

  @Test
  void everyDamageOfTheIdentityIsSeen() throws IOException {
    StoreFolder.create(path, IDENTITY).close();
    Path file = path.resolve("STORE");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      Files.write(file, Arrays.copyOf(good, i));
      assertRefused("truncated or damaged", () -> StoreFolder.open(path));
      byte[] flipped = good.clone();
      flipped[i] ^= 1;
      Files.write(file, flipped);
      assertRefused("truncated or damaged", () -> StoreFolder.open(path));
    }
    Files.write(file, new byte[100_000]);
    assertRefused("truncated or damaged", () -> StoreFolder.open(path));
    Files.write(file, good);
    StoreFolder.open(path).close();
  }

  private static void assertRefused(String because, Executable action) {
    StorageException refused = assertThrows(StorageException.class, action);
    String message = refused.getMessage();
    assertTrue(message.contains(because), message);
    assertTrue(message.contains("/") && !message.contains("\n"), message);
  }
}
