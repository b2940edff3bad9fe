package io.flotilla.cli.run;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How this process was started, up to its main class: so that a child runs the same JVM with the
/// same options and the same class path.
final class JavaCommand {
  private static final String MAIN = "io.flotilla.cli.Main";

  private JavaCommand() {}

  static List<String> ofThisProcess() {
    ProcessHandle.Info info = ProcessHandle.current().info();
    String java = info.command().orElseGet(JavaCommand::java);
    return of(java, List.of(info.arguments().orElse(new String[0])));
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
