package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StateStorage.StoredRange;
import io.flotilla.spi.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Snapshots in memory, over a [SimStateStorage]. Chunks are small, so that few keys make many.
public final class SimSnapshotStorage implements SnapshotStorage {
  private final SimStateStorage state;
  private final RandomSource random;
  private final int chunkBytes;
  private final Map<SnapshotId, Cut> cuts = new LinkedHashMap<>();
  private final Map<SnapshotId, Staged> staged = new LinkedHashMap<>();
  private boolean closed;
  private boolean failNextInstall;

  private record Cut(SnapshotManifest manifest, byte[] content) {}

  private record Staged(SnapshotManifest manifest, byte[][] chunks, BitSet missing) {}

  public SimSnapshotStorage(SimStateStorage state, RandomSource random, int chunkBytes) {
    this.state = state;
    this.random = random;
    this.chunkBytes = chunkBytes;
  }

  /// A power cut: cuts are gone, stored chunks stay. `newState` is the state as it was found.
  public SimSnapshotStorage crash(SimStateStorage newState) {
    closed = true;
    SimSnapshotStorage next = new SimSnapshotStorage(newState, random, chunkBytes);
    next.staged.putAll(staged);
    return next;
  }

  /// Lets the next install throw after the interval was cleared and before the data is there.
  public void failNextInstall() {
    failNextInstall = true;
  }

  /// Nothing that was asked for and has not happened yet will.
  public void calm() {
    failNextInstall = false;
  }

  @Override
  public SnapshotManifest cut(RangeId range) {
    requireOpen();
    StoredRange found =
        state.load().stream()
            .filter(stored -> stored.descriptor().id().equals(range))
            .findFirst()
            .orElseThrow(() -> new StorageException("range " + range + " has no state here"));
    RangeDescriptor descriptor = found.descriptor();
    byte[] content = encode(state.image().in(state.layout().intervals(descriptor)));
    List<Chunk> chunks = new ArrayList<>();
    for (int offset = 0; offset < content.length; offset += chunkBytes) {
      byte[] part =
          Arrays.copyOfRange(content, offset, Math.min(content.length, offset + chunkBytes));
      chunks.add(new Chunk(part.length, crc(part)));
    }
    SnapshotId id = new SnapshotId(random.nextLong(), random.nextLong());
    SnapshotManifest manifest = new SnapshotManifest(id, descriptor, found.applied(), chunks);
    cuts.put(id, new Cut(manifest, content));
    return manifest;
  }

  @Override
  public byte[] readChunk(SnapshotId id, int chunk) {
    requireOpen();
    Cut cut = cuts.get(id);
    if (cut == null) {
      throw new StorageException("snapshot " + id + " is not here");
    }
    int from = chunk * chunkBytes;
    return Arrays.copyOfRange(cut.content, from, from + cut.manifest.chunks().get(chunk).bytes());
  }

  @Override
  public void release(SnapshotId id) {
    cuts.remove(id);
  }

  @Override
  public BitSet stage(SnapshotManifest manifest) {
    requireOpen();
    Staged found = staged.get(manifest.id());
    if (found == null || !found.manifest.equals(manifest)) {
      BitSet missing = new BitSet();
      missing.set(0, manifest.chunks().size());
      found = new Staged(manifest, new byte[manifest.chunks().size()][], missing);
      staged.put(manifest.id(), found);
    }
    return (BitSet) found.missing.clone();
  }

  @Override
  public void writeChunk(SnapshotId id, int chunk, byte[] data) {
    requireOpen();
    Staged target = require(id);
    Chunk expected = target.manifest.chunks().get(chunk);
    if (data.length != expected.bytes() || crc(data) != expected.crc()) {
      throw new StorageException("chunk " + chunk + " of snapshot " + id + " is damaged");
    }
    target.chunks[chunk] = data.clone();
    target.missing.clear(chunk);
  }

  @Override
  public void install(SnapshotManifest manifest, List<RangeDescriptor> clear) {
    requireOpen();
    Staged source = require(manifest.id());
    if (!source.missing.isEmpty()) {
      throw new StorageException("snapshot " + manifest.id() + " is not complete");
    }
    List<KeySpan> spans = new ArrayList<>(state.layout().intervals(manifest.descriptor()));
    clear.forEach(descriptor -> spans.addAll(state.layout().intervals(descriptor)));
    if (failNextInstall) {
      failNextInstall = false;
      clear.forEach(state::clear);
      state.clear(manifest.descriptor());
      throw new StorageException("simulated snapshots: the process died while installing");
    }
    state.install(manifest.descriptor(), manifest.applied(), decode(source.chunks), spans);
  }

  @Override
  public List<SnapshotManifest> staged() {
    requireOpen();
    return staged.values().stream().map(Staged::manifest).toList();
  }

  @Override
  public void discard(SnapshotId id) {
    requireOpen();
    staged.remove(id);
  }

  @Override
  public void close() {
    closed = true;
  }

  private Staged require(SnapshotId id) {
    Staged found = staged.get(id);
    if (found == null) {
      throw new StorageException("snapshot " + id + " is not staged");
    }
    return found;
  }

  private void requireOpen() {
    if (closed) {
      throw new StorageException("simulated snapshots: closed");
    }
  }

  private static byte[] encode(Map<Key, byte[]> data) {
    int bytes = 4;
    for (Map.Entry<Key, byte[]> entry : data.entrySet()) {
      bytes += 8 + entry.getKey().length() + entry.getValue().length;
    }
    ByteBuffer content = ByteBuffer.allocate(bytes).putInt(data.size());
    data.forEach((key, value) -> {
      content.putInt(key.length()).put(key.bytes());
      content.putInt(value.length).put(value);
    });
    return content.array();
  }

  private static SimImage decode(byte[][] chunks) {
    int bytes = Arrays.stream(chunks).mapToInt(chunk -> chunk.length).sum();
    ByteBuffer content = ByteBuffer.allocate(bytes);
    Arrays.stream(chunks).forEach(content::put);
    content.flip();
    SimImage image = new SimImage();
    for (int left = content.getInt(); left > 0; left--) {
      byte[] key = new byte[content.getInt()];
      content.get(key);
      byte[] value = new byte[content.getInt()];
      content.get(value);
      image.data().put(Key.of(key), value);
    }
    return image;
  }

  private static int crc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data, 0, data.length);
    return (int) crc.getValue();
  }
}
