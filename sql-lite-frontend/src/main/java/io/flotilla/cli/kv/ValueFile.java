package io.flotilla.cli.kv;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.engine.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Values that a person gives: text on the command line, or the bytes of a file.
final class ValueFile {
  private ValueFile() {}

  static byte[] text(String value) {
    return requireWithinLimit(value.getBytes(StandardCharsets.UTF_8));
  }

  /// The bytes of a file; `-`: of standard input.
  static byte[] read(String file, InputStream standardInput) {
    try (InputStream in = file.equals("-") ? standardInput : Files.newInputStream(Path.of(file))) {
      return requireWithinLimit(in.readNBytes(Limits.VALUE_BYTES_MAX + 1));
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + IoReason.of(e), e);
    } catch (InvalidPathException e) {
      throw new CommandFailure("'" + file + "' cannot be the name of a file: " + e.getReason(), e);
    }
  }

  private static byte[] requireWithinLimit(byte[] value) {
    if (value.length > Limits.VALUE_BYTES_MAX) {
      throw new CommandFailure(
          "the value is over the limit of %,d bytes; store it in parts"
              .formatted(Limits.VALUE_BYTES_MAX));
    }
    return value;
  }
}
