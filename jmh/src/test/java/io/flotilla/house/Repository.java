package io.flotilla.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// The text files of this repository, without what builds and nodes leave behind.
final class Repository {
  private static final Set<String> FOLDERS_WITH_DOT = Set.of(".ci", ".mvn");
  private static final Set<String> SKIPPED = Set.of("target", "data", "demo-data");
  private static final Set<String> EXTENSIONS =
      Set.of("java", "md", "xml", "proto", "sh", "properties", "yaml", "config");

  private Repository() {}

  static Path root() {
    Path folder = Path.of(System.getProperty("flotilla.root", "")).toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("range-raft/pom.xml"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("not inside the repository");
    }
    return folder;
  }

  static List<SourceText> sources() {
    Path root = root();
    List<SourceText> sources = new ArrayList<>();
    try {
      Files.walkFileTree(root, new Collector(root, sources));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sources.sort(Comparator.comparing(SourceText::path));
    return sources;
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<SourceText> sources;

    Collector(Path root, List<SourceText> sources) {
      this.root = root;
      this.sources = sources;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      String name = folder.getFileName().toString();
      boolean hidden = name.startsWith(".") && !FOLDERS_WITH_DOT.contains(name);
      boolean leftBehind = SKIPPED.contains(name) && !folder.toString().contains("src");
      return hidden || leftBehind ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String name = file.getFileName().toString();
      String extension = name.substring(name.lastIndexOf('.') + 1);
      boolean script = name.equals("flotilla") || file.getParent().endsWith(".ci");
      if (attributes.isRegularFile() && (script || EXTENSIONS.contains(extension))) {
        String path = root.relativize(file).toString().replace('\\', '/');
        sources.add(new SourceText(path, Files.readString(file)));
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
