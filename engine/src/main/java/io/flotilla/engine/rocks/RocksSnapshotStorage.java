package io.flotilla.engine.rocks;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;

/// Snapshots as table files of RocksDB. Callable from any thread; steps on one snapshot one at a
/// time.
///
/// Installing: unpack the staged files into copies (which the state database then takes over, so
/// that the staged ones survive for a repetition); clear the intervals; flush, so that the
/// deletions are durable and no memtable overlaps; ingest data, descriptor and applied entry in one
/// atomic step, durable at once. A crash before the last step leaves a range without data or with
/// its old descriptor, and the caller's note in the log, by which the start repeats it all.
public final class RocksSnapshotStorage implements SnapshotStorage {
  /// The size of a chunk; the manifest's bound is 1 MiB.
  static final int CHUNK_BYTES = 1 << 20;

  /// The size of a table file before compression.
  static final long FILE_BYTES = 32 << 20;

  private final RocksStateStorage state;
  private final RocksDatabase database;
  private final RandomGenerator random;
  private final Path cutFolder;
  private final Path stagedFolder;
  private final Path ingestFolder;
  private final Map<SnapshotId, CutSnapshot> cuts = new LinkedHashMap<>();
  private final Map<SnapshotId, StagedSnapshot> staged = new LinkedHashMap<>();

  /// What an earlier life of the process cut is of no use to anybody and goes.
  RocksSnapshotStorage(RocksStateStorage state, Path folder, RandomGenerator random) {
    this.state = state;
    this.database = state.database();
    this.random = random;
    this.cutFolder = folder.resolve("cut");
    this.stagedFolder = folder.resolve("staged");
    this.ingestFolder = folder.resolve("ingest");
    try {
      DurableFiles.deleteTree(cutFolder);
      DurableFiles.deleteTree(ingestFolder);
      Files.createDirectories(cutFolder);
      Files.createDirectories(stagedFolder);
      for (Path left : DurableFiles.list(stagedFolder)) {
        if (ManifestFile.read(left) == null) {
          DurableFiles.deleteTree(left);
        }
      }
    } catch (IOException e) {
      throw Failures.files("open the snapshots", folder, e);
    }
  }

  @Override
  public SnapshotManifest cut(RangeId range) {
    SnapshotId id = new SnapshotId(random.nextLong(), random.nextLong());
    Path folder = cutFolder.resolve(ManifestFile.folderName(id));
    try {
      Files.createDirectories(folder);
      var image = new SnapshotCutter(database, FILE_BYTES).cut(range, folder);
      CutSnapshot cut = CutSnapshot.of(folder, image.files(), CHUNK_BYTES);
      synchronized (cuts) {
        cuts.put(id, cut);
      }
      return new SnapshotManifest(id, image.descriptor(), image.applied(), cut.chunks());
    } catch (RocksDBException e) {
      deleteQuietly(folder);
      throw database.failure("cut a snapshot of range " + range, e);
    } catch (IOException e) {
      deleteQuietly(folder);
      throw Failures.files("cut a snapshot of range " + range, folder, e);
    } catch (RuntimeException e) {
      deleteQuietly(folder);
      throw e;
    }
  }

  @Override
  public byte[] readChunk(SnapshotId id, int chunk) {
    CutSnapshot cut;
    synchronized (cuts) {
      cut = cuts.get(id);
    }
    if (cut == null) {
      throw new StorageException(
          cutFolder + ": snapshot " + ManifestFile.folderName(id) + " is not here; try: a new cut");
    }
    try {
      return cut.read(chunk);
    } catch (IOException e) {
      throw Failures.files("read chunk " + chunk + " of a snapshot", cut.folder(), e);
    }
  }

  @Override
  public void release(SnapshotId id) {
    synchronized (cuts) {
      cuts.remove(id);
    }
    delete(cutFolder.resolve(ManifestFile.folderName(id)));
  }

  @Override
  public BitSet stage(SnapshotManifest manifest) {
    return stagedFor(manifest).missing();
  }

  private StagedSnapshot stagedFor(SnapshotManifest manifest) {
    synchronized (staged) {
      StagedSnapshot known = staged.get(manifest.id());
      if (known == null || !known.manifest().equals(manifest)) {
        known = restage(manifest);
        staged.put(manifest.id(), known);
      }
      return known;
    }
  }

  private StagedSnapshot restage(SnapshotManifest manifest) {
    Path folder = stagedFolder.resolve(ManifestFile.folderName(manifest.id()));
    try {
      return manifest.equals(ManifestFile.read(folder))
          ? StagedSnapshot.reopen(folder, manifest)
          : StagedSnapshot.create(folder, manifest);
    } catch (IOException e) {
      throw Failures.files("stage a snapshot", folder, e);
    }
  }

  @Override
  public void writeChunk(SnapshotId id, int chunk, byte[] data) {
    StagedSnapshot target;
    synchronized (staged) {
      target = staged.get(id);
    }
    if (target == null) {
      throw new StorageException(
          stagedFolder + ": snapshot " + ManifestFile.folderName(id) + " is not staged");
    }
    try {
      target.write(chunk, data);
    } catch (IOException e) {
      throw Failures.files("store chunk " + chunk + " of a snapshot", stagedFolder, e);
    }
  }

  @Override
  public void install(SnapshotManifest manifest, List<RangeDescriptor> clear) {
    StagedSnapshot source = stagedFor(manifest);
    Path folder = ingestFolder.resolve(ManifestFile.folderName(manifest.id()));
    try {
      DurableFiles.deleteTree(folder);
      Files.createDirectories(folder);
      List<String> files = new ArrayList<>(source.unpack(folder));
      files.add(writeMeta(manifest, folder.resolve("meta.sst")));
      clear.forEach(state::clear);
      state.clear(manifest.descriptor());
      state.flush();
      ingest(files);
      DurableFiles.deleteTree(folder);
    } catch (RocksDBException e) {
      throw database.failure("install a snapshot of " + manifest.descriptor(), e);
    } catch (IOException e) {
      throw Failures.files("install a snapshot of " + manifest.descriptor(), folder, e);
    }
    state.onInstalled(manifest.descriptor().id());
  }

  private String writeMeta(SnapshotManifest manifest, Path file) throws RocksDBException {
    RangeId range = manifest.descriptor().id();
    try (TableWriter writer = new TableWriter(database)) {
      writer.open(file);
      writer.put(StateLayout.descriptorKey(range), DescriptorFormat.encode(manifest.descriptor()));
      writer.put(StateLayout.appliedKey(range), DescriptorFormat.encode(manifest.applied()));
      writer.finish();
    }
    return file.toString();
  }

  private void ingest(List<String> files) throws RocksDBException {
    try (IngestExternalFileOptions options = new IngestExternalFileOptions()) {
      options.setMoveFiles(true).setAllowGlobalSeqNo(true).setAllowBlockingFlush(true);
      database.db().ingestExternalFile(database.family(), files, options);
    }
  }

  @Override
  public List<SnapshotManifest> staged() {
    List<SnapshotManifest> found = new ArrayList<>();
    try {
      for (Path folder : DurableFiles.list(stagedFolder)) {
        SnapshotManifest manifest = ManifestFile.read(folder);
        if (manifest != null) {
          found.add(manifest);
        }
      }
    } catch (IOException e) {
      throw Failures.files("list the staged snapshots", stagedFolder, e);
    }
    return found;
  }

  @Override
  public void discard(SnapshotId id) {
    synchronized (staged) {
      staged.remove(id);
    }
    delete(stagedFolder.resolve(ManifestFile.folderName(id)));
  }

  private static void delete(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      throw Failures.files("delete a snapshot", folder, e);
    }
  }

  /// After a failure that is reported anyway; what stays is deleted at the next start.
  private static void deleteQuietly(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      // The first failure is the one to report.
    }
  }

  /// Nothing is open between calls.
  @Override
  public void close() {}
}
