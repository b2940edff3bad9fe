package io.flotilla.cli.load;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.cli.shell.KeyText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// A file with the key of every row that was acknowledged, one a line: what must be found again
/// whatever happens to the nodes.
final class AckedLog implements AutoCloseable {
  private final Writer writer;

  private AckedLog(Writer writer) {
    this.writer = writer;
  }

  static AckedLog create(Path file) {
    try {
      return new AckedLog(Files.newBufferedWriter(file));
    } catch (IOException e) {
      throw new CommandFailure("cannot write " + file + ": " + IoReason.of(e), e);
    }
  }

  /// The keys in such a file, as their texts.
  static Set<String> read(Path file) {
    try {
      return new HashSet<>(Files.readAllLines(file));
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  // Called by the engine's threads.
  synchronized void add(byte[] key) {
    try {
      writer.write(KeyText.of(key) + "\n");
      // One line, one write: what is in the file is whole even if this process is killed.
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
