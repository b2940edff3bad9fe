package io.flotilla.engine.rocks;

import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// Turns what RocksDB and the file system say into one sentence with a place and an advice.
final class Failures {
  private static final String FULL =
      "the disk is full; free some room on it or move the store to a larger one, then start again";
  private static final String DAMAGED =
      "a file in it is damaged; check the disk, restore the folder from a copy, or move it away"
          + " and let the store join again with an empty one, to be filled from its peers";

  private Failures() {}

  /// `doing` completes "cannot ...".
  static StorageException rocks(String doing, Path folder, RocksDBException cause) {
    String text = folder + ": cannot " + doing + ": " + message(cause) + "; try: " + advice(cause);
    return new StorageException(text, cause);
  }

  static StorageException files(String doing, Path path, IOException cause) {
    return new StorageException(
        path + ": cannot " + doing + ": " + cause + "; try: " + advice(cause), cause);
  }

  static StorageException damaged(Path path, String what) {
    return new StorageException(path + ": " + what + "; try: " + DAMAGED);
  }

  static boolean isIncomplete(RocksDBException cause) {
    Status status = cause.getStatus();
    return status != null && status.getCode() == Status.Code.Incomplete;
  }

  private static String message(RocksDBException cause) {
    Status status = cause.getStatus();
    String code = status == null ? "" : status.getCodeString() + ", ";
    return code + cause.getMessage();
  }

  private static String advice(RocksDBException cause) {
    Status status = cause.getStatus();
    if (status == null) {
      return DAMAGED;
    }
    if (status.getSubCode() == Status.SubCode.NoSpace) {
      return FULL;
    }
    return switch (status.getCode()) {
      case Corruption, InvalidArgument, NotFound, NotSupported -> DAMAGED;
      case IOError -> ioAdvice(cause.getMessage());
      default -> "again; if it stays, look into the file LOG in the folder";
    };
  }

  private static String advice(IOException cause) {
    return cause instanceof AccessDeniedException
        ? "give this user the right to read and write there"
        : ioAdvice(cause.getMessage());
  }

  private static String ioAdvice(@Nullable String message) {
    String text = message == null ? "" : message;
    if (text.contains("No space left")) {
      return FULL;
    }
    if (text.contains("Permission denied") || text.contains("Read-only file system")) {
      return "give this user the right to read and write there";
    }
    if (text.contains("No such file")) {
      return DAMAGED;
    }
    return "checking the disk (kernel log, SMART), then start again";
  }
}
