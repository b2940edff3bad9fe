package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A bug as an edit of the production sources. It is compiled into a folder of its own, which a
/// test process has before the real classes; the sources stay as they are.
///
/// @param name short and without spaces
/// @param what is wrong with it, in words
record PlantedBug(String name, String what, List<Edit> edits) {
  private static final String LIST = "/simulation/planted.txt";

  /// Replaces `old`, which must be there exactly once.
  record Edit(String file, String old, String changed) {}

  /// Those of the list in the test resources.
  static List<PlantedBug> all() {
    try (InputStream in = Objects.requireNonNull(PlantedBug.class.getResourceAsStream(LIST))) {
      return parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<PlantedBug> parse(String text) {
    List<PlantedBug> bugs = new ArrayList<>();
    for (String part : text.split("(?m)^== ", -1)) {
      int colon = part.indexOf(": ");
      if (!part.startsWith("#")) {
        int end = part.indexOf('\n');
        bugs.add(
            new PlantedBug(
                part.substring(0, colon),
                part.substring(colon + 2, end),
                edits(part.substring(end + 1))));
      }
    }
    return bugs;
  }

  private static List<Edit> edits(String text) {
    List<Edit> edits = new ArrayList<>();
    for (String part : text.split("(?m)^file ", -1)) {
      if (!part.isEmpty()) {
        int file = part.indexOf("\n<<<<\n");
        int middle = part.indexOf("\n----\n");
        int end = part.lastIndexOf("\n>>>>");
        edits.add(
            new Edit(
                part.substring(0, file),
                part.substring(file + 6, middle),
                part.substring(Math.min(middle + 6, end), end)));
      }
    }
    return edits;
  }

  /// Compiles the changed sources into `classes`.
  ///
  /// @param repository its top folder
  /// @throws IllegalStateException if an edit does not fit the sources, or does not compile
  void plant(Path repository, Path classes) throws IOException {
    Path sources = Files.createDirectories(classes.resolveSibling(classes.getFileName() + "-src"));
    Files.createDirectories(classes);
    List<Path> changed = new ArrayList<>();
    for (Edit edit : edits) {
      Path original = repository.resolve(edit.file());
      Path copy = sources.resolve(original.getFileName().toString());
      String text = Files.readString(changed.contains(copy) ? copy : original);
      int at = text.indexOf(edit.old());
      if (at < 0 || text.indexOf(edit.old(), at + 1) >= 0) {
        throw new IllegalStateException(
            name + ": not exactly once in " + edit.file() + ": " + edit.old());
      }
      Files.writeString(copy, text.replace(edit.old(), edit.changed()));
      if (!changed.contains(copy)) {
        changed.add(copy);
      }
    }
    compile(changed, classes);
  }

  private void compile(List<Path> sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      List<String> options =
          List.of(
              "-nowarn",
              "-proc:none",
              "-parameters",
              "-d",
              classes.toString(),
              "-cp",
              System.getProperty("java.class.path"));
      boolean compiles =
          compiler
              .getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiles) {
        throw new IllegalStateException(name + " does not compile");
      }
    }
  }
}
