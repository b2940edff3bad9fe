package io.flotilla.engine.rocks;

import io.flotilla.spi.SnapshotStorage.Chunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The files of a snapshot that was cut here, and where its chunks lie in them.
///
/// Chunk 0 is the table of contents (see [SnapshotContents]); then the files follow one after
/// another, each from a chunk of its own on.
record CutSnapshot(Path folder, List<Source> sources) {
  /// Where a chunk's bytes are.
  record Source(Path file, long offset, Chunk chunk) {}

  /// Computes the chunks of `files`; writes the table of contents beside them.
  static CutSnapshot of(Path folder, List<Path> files, int chunkBytes) throws IOException {
    List<Long> lengths = new ArrayList<>();
    for (Path file : files) {
      lengths.add(Files.size(file));
    }
    Path contents = folder.resolve("CONTENTS");
    Files.write(contents, new SnapshotContents(lengths).encode());
    List<Source> sources = new ArrayList<>();
    addSources(sources, contents, chunkBytes);
    for (Path file : files) {
      addSources(sources, file, chunkBytes);
    }
    return new CutSnapshot(folder, sources);
  }

  private static void addSources(List<Source> sources, Path file, int chunkBytes)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      for (long offset = 0; offset < size; offset += chunkBytes) {
        byte[] data = read(channel, offset, (int) Math.min(chunkBytes, size - offset));
        sources.add(new Source(file, offset, new Chunk(data.length, Checksum.of(data))));
      }
    }
  }

  List<Chunk> chunks() {
    return sources.stream().map(Source::chunk).toList();
  }

  byte[] read(int chunk) throws IOException {
    Source source = sources.get(chunk);
    try (FileChannel channel = FileChannel.open(source.file(), StandardOpenOption.READ)) {
      return read(channel, source.offset(), source.chunk().bytes());
    }
  }

  static byte[] read(FileChannel channel, long offset, int bytes) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(bytes);
    while (data.hasRemaining()) {
      if (channel.read(data, offset + data.position()) < 0) {
        throw new IOException("the file ends before byte " + (offset + bytes));
      }
    }
    return data.array();
  }
}
