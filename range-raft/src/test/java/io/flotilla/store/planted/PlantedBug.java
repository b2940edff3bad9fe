package io.flotilla.store.planted;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// One bug: edits of production sources, each of which must still fit.
///
/// @param seeds within so many the simulation must find it
/// @param hunter what runs the seeds: has a `firstFailure` as [DrowsySeeds] has
record PlantedBug(String name, int seeds, Class<?> hunter, List<Edit> edits) {
  private static final Path SOURCES = Path.of("src/main/java/io/flotilla");

  /// @param file below the package `io.flotilla`
  /// @param now what stands there; must be there exactly once
  record Edit(String file, String now, String planted) {}

  static PlantedBug of(String name, int seeds, String file, String now, String planted) {
    return new PlantedBug(name, seeds, DrowsySeeds.class, List.of(new Edit(file, now, planted)));
  }

  PlantedBug by(Class<?> otherHunter) {
    return new PlantedBug(name, seeds, otherHunter, edits);
  }

  PlantedBug and(String file, String now, String planted) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(file, now, planted));
    return new PlantedBug(name, seeds, hunter, more);
  }

  /// Compiles the edited sources into `folder` and runs the seeds with them: the first seed that
  /// fails, and how; empty: none does.
  String hunt(Path folder) {
    compile(folder);
    List<URL> urls = new ArrayList<>();
    urls.add(url(folder.resolve("classes")));
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(url(Path.of(each)));
    }
    ClassLoader parent = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader loader = new URLClassLoader(urls.toArray(new URL[0]), parent)) {
      Class<?> seedsClass = loader.loadClass(hunter.getName());
      return (String) seedsClass.getMethod("firstFailure", long.class).invoke(null, (long) seeds);
    } catch (InvocationTargetException e) {
      return "? " + e.getCause();
    } catch (ReflectiveOperationException | IOException e) {
      throw new IllegalStateException("cannot run with planted bug: " + name, e);
    }
  }

  private void compile(Path folder) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-proc:none", "-nowarn", "-d", folder.resolve("classes").toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (Path source : write(folder)) {
      arguments.add(source.toString());
    }
    int result = compiler.run(null, null, null, arguments.toArray(new String[0]));
    if (result != 0) {
      throw new IllegalStateException("planted bug does not compile: " + name);
    }
  }

  /// Writes the edited sources into `folder`.
  ///
  /// @throws IllegalStateException if an edit does not fit
  List<Path> write(Path folder) {
    List<Path> sources = new ArrayList<>();
    try {
      Files.createDirectories(folder.resolve("classes"));
      for (Edit edit : edits) {
        Path target = folder.resolve(edit.file());
        Path from = Files.exists(target) ? target : SOURCES.resolve(edit.file());
        String text = Files.readString(from, UTF_8);
        int at = text.indexOf(edit.now());
        if (at < 0 || text.indexOf(edit.now(), at + 1) >= 0) {
          throw new IllegalStateException("not there exactly once: " + edit);
        }
        Files.createDirectories(target.getParent());
        Files.writeString(target, text.replace(edit.now(), edit.planted()), UTF_8);
        if (!sources.contains(target)) {
          sources.add(target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("no URL for " + path, e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
