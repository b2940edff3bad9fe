package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.NoRoomException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

final class FailuresTest {
  private static final Path FOLDER = Path.of("data", "log");

  @Test
  void aFullDiskIsCalledSo() {
    Status full = new Status(Status.Code.IOError, Status.SubCode.NoSpace, "while appending");
    assertAdvice("the disk is full", rocks(full));
    assertAdvice("the disk is full", files(new IOException("No space left on device")));
  }

  @Test
  void missingRightsAreCalledSo() {
    assertAdvice("the right to read and write", files(new AccessDeniedException("STORE")));
    Status denied =
        new Status(Status.Code.IOError, Status.SubCode.None, "CURRENT: Permission denied");
    assertAdvice("the right to read and write", rocks(denied));
  }

  @Test
  void damageIsCalledSo() {
    Status corrupt = new Status(Status.Code.Corruption, Status.SubCode.None, "bad checksum");
    assertAdvice("is damaged", rocks(corrupt));
  }

  @Test
  void aFullDiskHasATypeOfItsOwn() {
    Status full = new Status(Status.Code.IOError, Status.SubCode.NoSpace, "while appending");
    assertInstanceOf(
        NoRoomException.class, Failures.rocks("write the log", FOLDER, new RocksDBException(full)));
    assertInstanceOf(
        NoRoomException.class,
        Failures.files("write the log", FOLDER, new IOException("No space left on device")));
    assertFalse(
        Failures.files("write the log", FOLDER, new IOException("Input/output error"))
            instanceof NoRoomException);
  }

  @Test
  void theSystemsWordsAreGivenWithoutItsClasses() {
    assertEquals(
        FOLDER
            + ": cannot write the log: it is a file, not a folder; try: another path for the"
            + " store's folder",
        files(new FileAlreadyExistsException(FOLDER.toString())));
    assertEquals(
        FOLDER
            + ": cannot write the log: STORE: permission denied; try: give this user the right to"
            + " read and write there",
        files(new AccessDeniedException("STORE")));
    assertAdvice(
        "mount it for writing",
        files(new FileSystemException(FOLDER.toString(), null, "Read-only file system")));
  }

  private static String rocks(Status status) {
    return Failures.rocks("write the log", FOLDER, new RocksDBException(status)).getMessage();
  }

  private static String files(IOException cause) {
    return Failures.files("write the log", FOLDER, cause).getMessage();
  }

  private static void assertAdvice(String expected, String message) {
    assertTrue(message.startsWith(FOLDER + ": cannot write the log: "), message);
    assertTrue(message.contains("try: ") && message.contains(expected), message);
  }
}
