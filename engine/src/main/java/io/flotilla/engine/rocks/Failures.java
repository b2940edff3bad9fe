package io.flotilla.engine.rocks;

import io.flotilla.spi.NoRoomException;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// Turns what RocksDB and the file system say into one sentence with a place and an advice.
final class Failures {
  private static final String FULL =
      "the disk is full: free some room on it, or move the store to a larger one, then start again";
  private static final String DAMAGED =
      "a file in it is damaged; check the disk, restore the folder from a copy, or move it away"
          + " and let the store join again with an empty one, to be filled from its peers";
  private static final String DENIED = "give this user the right to read and write there";

  private Failures() {}

  /// `doing` completes "cannot ...".
  static StorageException rocks(String doing, Path folder, RocksDBException cause) {
    return failure(folder + ": cannot " + doing + ": " + message(cause), advice(cause), cause);
  }

  static StorageException files(String doing, Path path, IOException cause) {
    return failure(path + ": cannot " + doing + ": " + reason(path, cause), advice(cause), cause);
  }

  private static StorageException failure(String what, String advice, Exception cause) {
    String text = what + "; try: " + advice;
    return advice.equals(FULL)
        ? new NoRoomException(text, cause)
        : new StorageException(text, cause);
  }

  /// What the system says, without repeating the path and the class of what it threw.
  private static String reason(Path path, IOException cause) {
    return switch (cause) {
      case AccessDeniedException denied -> at(path, denied) + "permission denied";
      case NoSuchFileException missing -> at(path, missing) + "no such file or folder";
      case FileAlreadyExistsException there -> at(path, there) + "it is a file, not a folder";
      case FileSystemException known when known.getReason() != null ->
          at(path, known) + known.getReason();
      default -> String.valueOf(cause.getMessage());
    };
  }

  private static String at(Path path, FileSystemException cause) {
    String file = cause.getFile();
    return file == null || file.equals(path.toString()) ? "" : file + ": ";
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
    return switch (cause) {
      case AccessDeniedException _ -> DENIED;
      case FileAlreadyExistsException _ -> "another path for the store's folder";
      case IOException other -> ioAdvice(other.getMessage());
    };
  }

  private static String ioAdvice(@Nullable String message) {
    String text = message == null ? "" : message;
    if (text.contains("No space left")) {
      return FULL;
    }
    if (text.contains("Permission denied")) {
      return DENIED;
    }
    if (text.contains("Read-only file system")) {
      return "mount it for writing (after a disk error the kernel may have made it read-only; the"
          + " kernel log tells), or a folder elsewhere";
    }
    if (text.contains("Not a directory")) {
      return "another path for the store's folder";
    }
    if (text.contains("No such file")) {
      return DAMAGED;
    }
    return "checking the disk (kernel log, SMART), then start again";
  }
}
