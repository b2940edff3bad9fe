package io.flotilla.codec;

import io.flotilla.codec.proto.InstallNotePb;
import io.flotilla.codec.proto.SnapshotIdPb;
import io.flotilla.codec.proto.SnapshotManifestPb;
import io.flotilla.spi.SnapshotStorage.Chunk;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Snapshot manifests and install notes as Protocol Buffers (`snapshots.proto`).
public final class ManifestCodec {
  /// The largest chunk a manifest may name.
  public static final int CHUNK_BYTES_MAX = 1 << 20;

  /// The most chunks a manifest may name: one snapshot is at most 1 TiB.
  public static final int CHUNKS_MAX = 1 << 20;

  private ManifestCodec() {}

  public static byte[] encode(SnapshotManifest manifest) {
    return toPb(manifest).toByteArray();
  }

  public static SnapshotManifest decode(byte[] bytes) {
    return Pb.decode(
        "snapshot manifest",
        ByteBuffer.wrap(bytes),
        SnapshotManifestPb.parser(),
        ManifestCodec::of);
  }

  public static byte[] encodeNote(InstallNote note) {
    return InstallNotePb.newBuilder()
        .setManifest(toPb(note.manifest()))
        .setLast(DescriptorCodec.toPb(note.last()))
        .build()
        .toByteArray();
  }

  public static InstallNote decodeNote(byte[] bytes) {
    return Pb.decode(
        "install note",
        ByteBuffer.wrap(bytes),
        InstallNotePb.parser(),
        pb -> new InstallNote(of(pb.getManifest()), DescriptorCodec.of(pb.getLast())));
  }

  static SnapshotManifestPb toPb(SnapshotManifest manifest) {
    SnapshotManifestPb.Builder pb =
        SnapshotManifestPb.newBuilder()
            .setId(toPb(manifest.id()))
            .setRange(DescriptorCodec.toPb(manifest.descriptor()))
            .setApplied(DescriptorCodec.toPb(manifest.applied()));
    for (Chunk chunk : manifest.chunks()) {
      pb.addChunkBytes(chunk.bytes()).addChunkCrcs(chunk.crc());
    }
    return pb.build();
  }

  static SnapshotManifest of(SnapshotManifestPb pb) {
    int count = pb.getChunkBytesCount();
    if (count != pb.getChunkCrcsCount()) {
      throw new CodecException(
          "snapshot manifest: " + count + " chunks, " + pb.getChunkCrcsCount() + " checksums");
    }
    if (count > CHUNKS_MAX) {
      throw new CodecException("snapshot manifest: " + count + " chunks");
    }
    List<Chunk> chunks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int bytes = pb.getChunkBytes(i);
      if (bytes < 0 || bytes > CHUNK_BYTES_MAX) {
        throw new CodecException(
            "snapshot manifest: chunk of " + Integer.toUnsignedLong(bytes) + " bytes");
      }
      chunks.add(new Chunk(bytes, pb.getChunkCrcs(i)));
    }
    return new SnapshotManifest(
        of(pb.getId()),
        DescriptorCodec.of(pb.getRange()),
        DescriptorCodec.of(pb.getApplied()),
        chunks);
  }

  static SnapshotIdPb toPb(SnapshotId id) {
    return SnapshotIdPb.newBuilder().setHigh(id.high()).setLow(id.low()).build();
  }

  static SnapshotId of(SnapshotIdPb pb) {
    return new SnapshotId(pb.getHigh(), pb.getLow());
  }
}
