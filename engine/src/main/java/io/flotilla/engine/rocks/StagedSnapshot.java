package io.flotilla.engine.rocks;

import io.flotilla.spi.SnapshotStorage.Chunk;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A snapshot on its way in: one folder with the manifest and one file with all chunks at their
/// places.
///
/// Which chunks are here is not written down anywhere: after a restart their checksums say it, and
/// a chunk that the power cut half is one that is missing. Once the last one is here all of it is
/// fsynced, for the next step, the note in the log, lets go of the log that could rebuild the state
/// otherwise.
final class StagedSnapshot {
  private static final String DATA = "CHUNKS";

  private final Path folder;
  private final SnapshotManifest manifest;
  private final long[] offsets;
  private final BitSet missing;

  private StagedSnapshot(Path folder, SnapshotManifest manifest, BitSet missing) {
    this.folder = folder;
    this.manifest = manifest;
    this.missing = missing;
    this.offsets = new long[manifest.chunks().size()];
    long offset = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += manifest.chunks().get(i).bytes();
    }
  }

  /// A new, empty one.
  static StagedSnapshot create(Path folder, SnapshotManifest manifest) throws IOException {
    DurableFiles.deleteTree(folder);
    Files.createDirectories(folder);
    Files.createFile(folder.resolve(DATA));
    ManifestFile.write(folder, manifest);
    DurableFiles.syncParent(folder);
    BitSet missing = new BitSet();
    missing.set(0, manifest.chunks().size());
    return new StagedSnapshot(folder, manifest, missing);
  }

  /// What an earlier life of the process left in `folder`.
  static StagedSnapshot reopen(Path folder, SnapshotManifest manifest) throws IOException {
    BitSet missing = new BitSet();
    missing.set(0, manifest.chunks().size());
    StagedSnapshot staged = new StagedSnapshot(folder, manifest, missing);
    if (!Files.exists(folder.resolve(DATA))) {
      Files.createFile(folder.resolve(DATA));
    }
    try (FileChannel data = staged.openData(StandardOpenOption.READ)) {
      for (int i = 0; i < manifest.chunks().size(); i++) {
        Chunk chunk = manifest.chunks().get(i);
        if (staged.offsets[i] + chunk.bytes() <= data.size() && staged.isSound(data, i)) {
          missing.clear(i);
        }
      }
    }
    staged.syncIfComplete();
    return staged;
  }

  SnapshotManifest manifest() {
    return manifest;
  }

  BitSet missing() {
    return (BitSet) missing.clone();
  }

  void write(int index, byte[] bytes) throws IOException {
    Chunk expected = manifest.chunks().get(index);
    if (bytes.length != expected.bytes() || Checksum.of(bytes) != expected.crc()) {
      throw new StorageException(
          "chunk "
              + index
              + " of the snapshot of range "
              + manifest.descriptor().id()
              + " was damaged on its way: "
              + bytes.length
              + " bytes for "
              + expected.bytes()
              + " or another checksum; try: to send it again");
    }
    try (FileChannel data = openData(StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        data.write(buffer, offsets[index] + buffer.position());
      }
    }
    missing.clear(index);
    syncIfComplete();
  }

  private void syncIfComplete() throws IOException {
    if (missing.isEmpty()) {
      try (FileChannel data = openData(StandardOpenOption.WRITE)) {
        data.force(true);
      }
      DurableFiles.syncFolder(folder);
    }
  }

  /// Copies the table files into `target`, checking every chunk once more.
  List<String> unpack(Path target) throws IOException {
    if (!missing.isEmpty()) {
      throw new StorageException(
          folder
              + ": the snapshot misses "
              + missing.cardinality()
              + " of "
              + offsets.length
              + " chunks; try: to go on with its transfer");
    }
    List<String> files = new ArrayList<>();
    try (FileChannel data = openData(StandardOpenOption.READ)) {
      SnapshotContents contents = SnapshotContents.decode(soundChunk(data, 0));
      if (contents == null) {
        throw Failures.damaged(folder, "the snapshot's table of contents is unreadable");
      }
      int chunk = 1;
      for (long length : contents.fileLengths()) {
        Path file = target.resolve(files.size() + ".sst");
        chunk = unpackFile(data, chunk, length, file);
        files.add(file.toString());
      }
    }
    return files;
  }

  /// Returns the chunk behind the file's last.
  private int unpackFile(FileChannel data, int first, long length, Path file) throws IOException {
    int chunk = first;
    long written = 0;
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (written < length && chunk < offsets.length) {
        ByteBuffer part = ByteBuffer.wrap(soundChunk(data, chunk++));
        written += part.remaining();
        while (part.hasRemaining()) {
          out.write(part);
        }
      }
    }
    if (written != length) {
      throw Failures.damaged(folder, "the snapshot's chunks do not make the files it names");
    }
    return chunk;
  }

  private byte[] soundChunk(FileChannel data, int index) throws IOException {
    Chunk chunk = manifest.chunks().get(index);
    byte[] bytes = CutSnapshot.read(data, offsets[index], chunk.bytes());
    if (Checksum.of(bytes) != chunk.crc()) {
      missing.set(index);
      throw Failures.damaged(folder, "chunk " + index + " of the snapshot changed on the disk");
    }
    return bytes;
  }

  private boolean isSound(FileChannel data, int index) throws IOException {
    Chunk chunk = manifest.chunks().get(index);
    return Checksum.of(CutSnapshot.read(data, offsets[index], chunk.bytes())) == chunk.crc();
  }

  private FileChannel openData(StandardOpenOption how) throws IOException {
    return FileChannel.open(folder.resolve(DATA), how);
  }
}
