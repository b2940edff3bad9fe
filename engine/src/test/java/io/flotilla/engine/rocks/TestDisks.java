package io.flotilla.engine.rocks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Stores on real folders below one directory, and what a power cut leaves of them: the files as
/// they are at that moment, without any orderly end.
final class TestDisks implements AutoCloseable {
  private static final int COPY_TRIES_MAX = 50;

  static final RocksOptions SMALL = new RocksOptions(64 << 20, 8 << 20, 8 << 20, true);

  private final Path root;
  private final NativeHandles handles = new NativeHandles();
  private final List<TestDisk> open = new ArrayList<>();
  private int folders;

  TestDisks(Path root) {
    this.root = root;
  }

  record TestDisk(StoreFolder folder, RocksDisk disk) {}

  TestDisk create() {
    return open(StoreFolder.create(nextFolder(), StoreIdentity.UNASSIGNED));
  }

  private TestDisk open(StoreFolder folder) {
    RocksDisk disk = RocksDisk.open(folder, SMALL, new RandomSource(folders), handles);
    TestDisk opened = new TestDisk(folder, disk);
    open.add(opened);
    return opened;
  }

  TestDisk reopen(TestDisk old) {
    close(old);
    return open(StoreFolder.open(old.folder().path()));
  }

  TestDisk crash(TestDisk old) {
    Path copy = nextFolder();
    copyTree(old.folder().path(), copy);
    close(old);
    return open(StoreFolder.open(copy));
  }

  private void close(TestDisk disk) {
    open.remove(disk);
    disk.disk().close();
    disk.folder().close();
  }

  private Path nextFolder() {
    folders++;
    return root.resolve("store" + folders);
  }

  TestDisk find(StateStorage state) {
    return open.stream().filter(d -> d.disk().state() == state).findFirst().orElseThrow();
  }

  NativeHandles handles() {
    return handles;
  }

  /// Closes all and looks for leaks.
  @Override
  public void close() {
    List.copyOf(open).forEach(this::close);
    assertEquals(List.of(), handles.open(), "native objects that nobody closed");
  }

  /// Copies a folder that may be in use: begun anew if files came or went meanwhile (a compaction),
  /// since such a copy is no moment that ever was.
  static void copyTree(Path from, Path to) {
    for (int tries = 0; tries < COPY_TRIES_MAX; tries++) {
      try {
        List<Path> before = tree(from);
        for (Path path : before) {
          Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
        if (tree(from).equals(before)) {
          return;
        }
      } catch (NoSuchFileException | UncheckedIOException gone) {
        // Tried again below.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      delete(to);
    }
    throw new IllegalStateException(from + " does not keep still");
  }

  private static void delete(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> tree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted().toList();
    }
  }
}
