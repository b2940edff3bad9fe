package io.flotilla.cli.load;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Where the text of a CSV file comes from.
///
/// @param name for messages
/// @param bytes its size; negative: not known
public record CsvSource(String name, InputStream in, long bytes) {
  static CsvSource open(String file, InputStream standardInput) {
    if (file.equals("-")) {
      return new CsvSource("standard input", standardInput, -1);
    }
    try {
      Path path = Path.of(file);
      if (!Files.exists(path)) {
        throw new CommandFailure("no file " + file);
      }
      if (Files.isDirectory(path)) {
        throw new CommandFailure(file + " is a folder, not a CSV file");
      }
      return new CsvSource(file, Files.newInputStream(path), Files.size(path));
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + IoReason.of(e), e);
    } catch (InvalidPathException e) {
      throw new CommandFailure("'" + file + "' cannot be the name of a file: " + e.getReason(), e);
    }
  }
}
