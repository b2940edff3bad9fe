package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A folder for data that nobody wants later.
///
/// @param path absolute
record TrialFolder(Path path) {
  static TrialFolder make(String name) {
    try {
      return new TrialFolder(Files.createTempDirectory(name).toAbsolutePath());
    } catch (IOException e) {
      throw new CommandFailure("cannot make a folder for the data: " + IoReason.of(e), e);
    }
  }

  void delete() {
    try {
      Files.walkFileTree(path, new Deletion());
    } catch (IOException e) {
      // What is left is in the system's folder for what may be lost.
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
