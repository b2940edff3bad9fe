package io.flotilla.cli.term;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a command reads and writes: results go to `out`, everything said about them to `err`.
///
/// @param live true if a person watches `err`, so that a line may be drawn over
/// @param columns how wide that person's window is
public record Terminal(
    InputStream in, PrintStream out, PrintStream err, boolean live, int columns) {
  private static final int COLUMNS_DEFAULT = 80;
  private static final int BUFFER_BYTES = 1 << 16;

  /// The one this process was started in. UTF-8, whatever the locale says: keys are.
  public static Terminal system() {
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
            false,
            StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    return new Terminal(System.in, out, err, isTerminal(2), columnsOf(System.getenv("COLUMNS")));
  }

  /// Writes bytes as they are.
  public void write(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
  }

  /// True once nobody reads the results any more (`flotilla kv scan | head`).
  public boolean isAbandoned() {
    return out.checkError();
  }

  // The JDK tells only of standard input and output together (System.console), and progress goes to
  // standard error; so ask Linux itself first.
  private static boolean isTerminal(int descriptor) {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return target.startsWith("/dev/pts") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
  }

  private static int columnsOf(@Nullable String variable) {
    if (variable == null || !variable.matches("[1-9][0-9]{1,3}")) {
      return COLUMNS_DEFAULT;
    }
    return Math.max(40, Integer.parseInt(variable));
  }
}
