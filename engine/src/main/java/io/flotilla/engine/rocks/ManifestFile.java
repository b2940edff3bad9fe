package io.flotilla.engine.rocks;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.SnapshotStorage.Chunk;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The manifest of a staged snapshot on disk.
///
/// ```
/// version (1), id (16), applied term (8), applied index (8), descriptor length (4), descriptor,
/// chunk count (4), then for each: bytes (4), CRC32C (4); CRC32C of all before (4)
/// ```
final class ManifestFile {
  static final String NAME = "MANIFEST";

  private static final byte VERSION = 1;
  private static final int FIXED_BYTES = 1 + 16 + 16 + 4 + 4 + 4;

  private ManifestFile() {}

  /// What a snapshot's folder is called.
  static String folderName(SnapshotId id) {
    return HexFormat.of().toHexDigits(id.high()) + HexFormat.of().toHexDigits(id.low());
  }

  static void write(Path folder, SnapshotManifest manifest) throws IOException {
    byte[] descriptor = DescriptorFormat.encode(manifest.descriptor());
    ByteBuffer content =
        ByteBuffer.allocate(FIXED_BYTES + descriptor.length + 8 * manifest.chunks().size());
    content.put(VERSION).putLong(manifest.id().high()).putLong(manifest.id().low());
    content.putLong(manifest.applied().term()).putLong(manifest.applied().index());
    content.putInt(descriptor.length).put(descriptor);
    content.putInt(manifest.chunks().size());
    manifest.chunks().forEach(chunk -> content.putInt(chunk.bytes()).putInt(chunk.crc()));
    content.putInt(Checksum.of(content.array(), 0, content.position()));
    DurableFiles.replace(folder.resolve(NAME), content.array());
  }

  /// Null if there is none that is whole: a transfer that had just begun when the process died.
  static @Nullable SnapshotManifest read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    return Files.isRegularFile(file) ? decode(Files.readAllBytes(file)) : null;
  }

  private static @Nullable SnapshotManifest decode(byte[] bytes) {
    int end = bytes.length - 4;
    if (end < 0
        || bytes[0] != VERSION
        || ByteBuffer.wrap(bytes).getInt(end) != Checksum.of(bytes, 0, end)) {
      return null;
    }
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes, 1, end - 1);
      SnapshotId id = new SnapshotId(from.getLong(), from.getLong());
      EntryId applied = new EntryId(from.getLong(), from.getLong());
      byte[] encoded = new byte[from.getInt()];
      from.get(encoded);
      RangeDescriptor descriptor = DescriptorFormat.decode(encoded);
      List<Chunk> chunks = new ArrayList<>();
      for (int left = from.getInt(); left > 0; left--) {
        chunks.add(new Chunk(from.getInt(), from.getInt()));
      }
      return descriptor == null ? null : new SnapshotManifest(id, descriptor, applied, chunks);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }
}
