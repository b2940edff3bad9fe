package io.flotilla.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder on a real disk for one trial, removed after it. Lies below `target/bench-data` of the
/// current directory; `-Dflotilla.bench.dir=DIR` names another place.
final class BenchFolder implements AutoCloseable {
  private final Path path;

  BenchFolder() {
    try {
      Path parent = Path.of(System.getProperty("flotilla.bench.dir", "target/bench-data"));
      Files.createDirectories(parent);
      this.path = Files.createTempDirectory(parent, "trial");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder; try: -Dflotilla.bench.dir=DIR", e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the trial's folder " + path, e);
    }
  }
}
