package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A bug as an edit of the production sources. It is compiled into a folder of its own, which a
/// test process has before the real classes; the sources stay as they are.
///
/// @param name short and without spaces
/// @param seeds within so many the simulation must find it
/// @param what is wrong with it, in words
record PlantedBug(String name, int seeds, String what, List<Edit> edits) {
  private static final String LIST = "/simulation/planted.txt";
  private static final String OPEN = "/simulation/planted-open.txt";
  private static final int SEEDS = 40;

  /// Replaces `old`, which must be there exactly once.
  record Edit(String file, String old, String changed) {}

  /// Those that have to be found.
  static List<PlantedBug> all() {
    return of(LIST);
  }

  /// Those that are not found yet, for whoever makes the simulation sharper.
  static List<PlantedBug> open() {
    return of(OPEN);
  }

  private static List<PlantedBug> of(String list) {
    try (InputStream in = Objects.requireNonNull(PlantedBug.class.getResourceAsStream(list))) {
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
        String[] name = part.substring(0, colon).split(" ", 2);
        bugs.add(
            new PlantedBug(
                name[0],
                name.length > 1 ? Integer.parseInt(name[1]) : SEEDS,
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

  /// The changed sources, by their files.
  ///
  /// @param repository its top folder
  /// @throws IllegalStateException if an edit does not fit the sources any more
  Map<String, String> changed(Path repository) throws IOException {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Edit edit : edits) {
      String text = changed.get(edit.file());
      if (text == null) {
        text = Files.readString(repository.resolve(edit.file()));
      }
      int at = text.indexOf(edit.old());
      if (at < 0 || text.indexOf(edit.old(), at + 1) >= 0) {
        throw new IllegalStateException(
            name + ": not exactly once in " + edit.file() + ": " + edit.old());
      }
      changed.put(edit.file(), text.replace(edit.old(), edit.changed()));
    }
    return changed;
  }

  /// Compiles the changed sources into `classes`.
  ///
  /// @param repository its top folder
  /// @throws IllegalStateException if an edit does not fit the sources, or does not compile
  void plant(Path repository, Path classes) throws IOException {
    Path sources = Files.createDirectories(classes.resolveSibling(classes.getFileName() + "-src"));
    Files.createDirectories(classes);
    List<Path> copies = new ArrayList<>();
    for (Map.Entry<String, String> each : changed(repository).entrySet()) {
      Path copy = sources.resolve(Path.of(each.getKey()).getFileName().toString());
      copies.add(Files.writeString(copy, each.getValue()));
    }
    compile(copies, classes);
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
