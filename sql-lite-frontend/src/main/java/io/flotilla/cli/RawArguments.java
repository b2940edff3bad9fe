package io.flotilla.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The arguments as the bytes that the user typed, read as UTF-8.
///
/// In the locale `C`, which is all that many containers have, the JVM turns every byte of an
/// argument that is not ASCII into a question mark of sorts; a key such as `city/Zürich` would be
/// lost. Linux still knows the bytes.
final class RawArguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private RawArguments() {}

  static String[] utf8(String[] args) {
    if ("UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"))) {
      return args;
    }
    try {
      return last(args, Files.readAllBytes(COMMAND_LINE));
    } catch (IOException e) {
      return args;
    }
  }

  /// The last arguments of a command line, as many as `args`; `args` itself if they do not fit.
  static String[] last(String[] args, byte[] commandLine) {
    List<String> all = List.of(new String(commandLine, StandardCharsets.UTF_8).split("\0", -1));
    int end = all.size() - 1;
    return end < args.length ? args : all.subList(end - args.length, end).toArray(new String[0]);
  }
}
