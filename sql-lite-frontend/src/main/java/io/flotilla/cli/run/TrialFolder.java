package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.engine.EngineException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A folder for data that nobody wants later, unless what wrote it failed.
///
/// @param path absolute
record TrialFolder(Path path) {
  /// Makes one where the system keeps what may be lost.
  static TrialFolder make(String name) {
    return makeIn(Path.of(System.getProperty("java.io.tmpdir", ".")), name);
  }

  static TrialFolder makeIn(Path parent, String name) {
    try {
      return new TrialFolder(Files.createTempDirectory(parent, name).toAbsolutePath());
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot make a folder for the data in " + parent + ": " + IoReason.of(e), e);
    }
  }

  /// A failure that says where the logs are, made from one that need not. What is a fault of this
  /// program's stays as it is.
  RuntimeException withLogs(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    boolean isKnown = failure instanceof CommandFailure || failure instanceof EngineException;
    return isKnown && !message.contains(path.toString())
        ? new CommandFailure(message + "; logs in " + path, failure)
        : failure;
  }

  void delete() {
    try {
      Files.walkFileTree(path, new Deletion());
    } catch (IOException e) {
      // It costs room, and nothing else.
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
