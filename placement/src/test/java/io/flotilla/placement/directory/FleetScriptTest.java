package io.flotilla.placement.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Transcripts of a fleet: each line that starts with `> ` is a command, what follows up to the
/// next one is what it produced. `-Drewrite` writes the files anew, to be read as a diff. Other
/// lines that start with `#` are comments.
class FleetScriptTest {
  private static final Path SCRIPTS = Path.of("src", "test", "resources", "scripts");

  @TestFactory
  Stream<DynamicTest> scripts() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(SCRIPTS)) {
      files = found.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    String expected = Files.readString(file, UTF_8);
    List<String> lines = new ArrayList<>();
    FleetScript script = new FleetScript();
    for (String line : expected.split("\n", -1)) {
      if (line.startsWith("> ")) {
        lines.add(line);
        lines.addAll(script.run(line.substring(2)));
      } else if (line.startsWith("#")) {
        lines.add(line);
      }
    }
    String actual = String.join("\n", lines) + "\n";
    if (System.getProperty("rewrite") != null) {
      Files.writeString(file, actual, UTF_8);
      return;
    }
    assertEquals(expected, actual, file + ": run with -Drewrite to accept");
  }
}
