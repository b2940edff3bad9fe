package io.flotilla.cli.run;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How this process was started, up to its main class: so that a child runs the same JVM with the
/// same options and the same class path.
final class JavaCommand {
  private static final String MAIN = "io.flotilla.cli.Main";
  private static final Path OWN_ARGUMENTS = Path.of("/proc/self/cmdline");

  private JavaCommand() {}

  static List<String> ofThisProcess() {
    ProcessHandle.Info info = ProcessHandle.current().info();
    String java = info.command().orElseGet(JavaCommand::java);
    return of(java, arguments(OWN_ARGUMENTS, info));
  }

  /// Linux has them whole in a file; what the JDK reads there ends with the first page of memory,
  /// and beyond that it tells none at all: a deep folder and a long class path are enough.
  ///
  /// @param file of the arguments, each ended by a zero byte; it need not be there
  static List<String> arguments(Path file, ProcessHandle.Info otherwise) {
    try {
      List<String> all = List.of(new String(Files.readAllBytes(file), nativeCharset()).split("\0"));
      return all.subList(1, all.size());
    } catch (IOException notLinux) {
      return List.of(otherwise.arguments().orElse(new String[0]));
    }
  }

  private static Charset nativeCharset() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }

  static List<String> of(String java, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java);
    int main = arguments.indexOf(MAIN);
    if (main >= 0) {
      command.addAll(arguments.subList(0, main + 1));
    } else {
      // Some systems do not tell the arguments, and some programs are not started by that class.
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
      command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), MAIN));
    }
    return command;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home", ""), "bin", "java").toString()
        + (File.separatorChar == '\\' ? ".exe" : "");
  }
}
