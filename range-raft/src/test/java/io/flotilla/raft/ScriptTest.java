package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Plays every script under `scripts/raft` and compares the transcript with the part below its
/// line. `-Drewrite` writes the transcripts that came out into the files instead, to be read as a
/// diff.
final class ScriptTest {
  private static final Path SCRIPTS = Path.of("src", "test", "resources", "scripts", "raft");
  private static final String LINE = "----\n";

  @TestFactory
  List<DynamicTest> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(SCRIPTS)) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(name(file), () -> play(file)))
          .toList();
    }
  }

  private static String name(Path file) {
    return SCRIPTS.relativize(file).toString();
  }

  private static void play(Path file) {
    try {
      String text = Files.readString(file);
      int line = text.indexOf(LINE);
      String commands = line < 0 ? text : text.substring(0, line);
      String expected = line < 0 ? "" : text.substring(line + LINE.length());
      String transcript = run(commands);
      if (System.getProperty("rewrite") != null) {
        Files.writeString(file, commands + LINE + transcript);
      } else {
        assertEquals(expected, transcript, "run with -Drewrite to accept what came out");
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String run(String commands) {
    ScriptWorld world = new ScriptWorld();
    for (String command : commands.split("\n", -1)) {
      if (!command.isBlank() && !command.startsWith("#")) {
        world.say("> " + command);
        ScriptVerbs.run(world, command);
      }
    }
    return world.transcript();
  }
}
