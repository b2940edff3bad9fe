package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReachedMarkTest {
  private static final int SECOND_SLOT = 2048;

  @TempDir Path folder;
  private Path database;

  @BeforeEach
  void make() throws IOException {
    database = folder.resolve("log");
    ReachedMark.make(database);
  }

  @Test
  void aNewMarkAccusesNobody() {
    try (ReachedMark mark = ReachedMark.open(database)) {
      mark.require(database, 0);
    }
  }

  @Test
  void whatWasNotedIsThereAtTheNextOpening() {
    for (long sequence = 5; sequence < 20; sequence += 5) {
      try (ReachedMark mark = ReachedMark.open(database)) {
        mark.require(database, sequence - 5);
        mark.note(sequence - 2);
        mark.note(sequence);
        mark.sync();
      }
      try (ReachedMark mark = ReachedMark.open(database)) {
        long exact = sequence;
        mark.require(database, exact);
        StorageException refused =
            assertThrows(StorageException.class, () -> mark.require(database, exact - 1));
        assertTrue(refused.getMessage().contains("had acknowledged " + exact), "" + refused);
      }
    }
  }

  /// A note that was cut through leaves the one before it.
  @Test
  void aTornSlotCountsForNothing() throws IOException {
    note(7, 9);
    damage(newestSlot());
    try (ReachedMark mark = ReachedMark.open(database)) {
      mark.require(database, 7);
      assertThrows(StorageException.class, () -> mark.require(database, 6));
      // The damaged slot is the one to be written next: the sound one stays until then.
      mark.note(8);
    }
    damage(newestSlot());
    try (ReachedMark mark = ReachedMark.open(database)) {
      assertThrows(StorageException.class, () -> mark.require(database, 6));
      mark.require(database, 7);
    }
  }

  @Test
  void twoDamagedSlotsAreDamage() throws IOException {
    note(7, 9);
    damage(0);
    damage(SECOND_SLOT);
    try (ReachedMark mark = ReachedMark.open(database)) {
      StorageException refused =
          assertThrows(StorageException.class, () -> mark.require(database, 100));
      assertTrue(refused.getMessage().contains("truncated or damaged"), "" + refused);
    }
  }

  @Test
  void theFileHasRealBlocksAndKeepsItsSize() throws IOException {
    note(1, 2, 3);
    assertEquals(4096, Files.size(ReachedMark.fileOf(database)));
  }

  private void note(long... sequences) {
    try (ReachedMark mark = ReachedMark.open(database)) {
      for (long sequence : sequences) {
        mark.note(sequence);
      }
    }
  }

  private int newestSlot() throws IOException {
    byte[] bytes = Files.readAllBytes(ReachedMark.fileOf(database));
    return bytes[7] > bytes[SECOND_SLOT + 7] ? 0 : SECOND_SLOT;
  }

  private void damage(int offset) throws IOException {
    Path file = ReachedMark.fileOf(database);
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset + 3] ^= 0x11;
    Files.write(file, bytes);
  }
}
