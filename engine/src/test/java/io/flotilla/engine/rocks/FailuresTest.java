package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
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
