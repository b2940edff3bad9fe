package io.flotilla.engine.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/// What [CrashIT] runs in a process of its own and kills. Each line it prints says that something
/// is durable.
final class CrashingWriter {
  static final RangeDescriptor RANGE =
      new RangeDescriptor(new RangeId(2), KeySpan.ALL, 1, List.of());
  static final byte[] NOTE = "installing".getBytes(UTF_8);
  static final int SNAPSHOT_KEYS = 3000;

  private CrashingWriter() {}

  public static void main(String[] args) {
    Path path = Path.of(args[1]);
    StoreFolder folder =
        StoreFolder.isStore(path)
            ? StoreFolder.open(path)
            : StoreFolder.create(path, StoreIdentity.UNASSIGNED);
    RocksDisk disk = open(folder);
    List<StoredGroup> groups = disk.log().load();
    disk.state().load();
    if (args[0].equals("write")) {
      write(disk, groups.isEmpty() ? 1 : groups.getFirst().lastIndex() + 1);
    } else {
      install(disk, Path.of(args[2]));
    }
  }

  static RocksDisk open(StoreFolder folder) {
    RocksOptions options = new RocksOptions(32 << 20, 1 << 20, 1 << 20, false);
    return RocksDisk.open(folder, options, new RandomSource(5), new NativeHandles());
  }

  /// Log, then state, then the word; the log is compacted to what of the state is durable.
  private static void write(RocksDisk disk, long from) {
    for (long index = from; ; index++) {
      Entry entry = new Entry(1, index, EntryKind.COMMAND, new byte[2000]);
      EntryId durable = disk.state().durableApplied(RANGE.id());
      EntryId compact = index % 100 == 0 && durable.index() > 0 ? durable : null;
      disk.log()
          .write(
              List.of(
                  new GroupWrite(
                      RANGE.id(), new PeerId(1), null, List.of(entry), compact, null, null)));
      apply(disk, index, key(index), new byte[2000]);
      System.out.println(index);
    }
  }

  static void apply(RocksDisk disk, long index, byte[] key, byte[] value) {
    List<StateWrite> writes = List.of(new StateWrite(key, value));
    disk.state()
        .apply(List.of(new RangeUpdate(RANGE.id(), new EntryId(1, index), RANGE, writes, false)));
  }

  static byte[] key(long index) {
    return StateLayout.versionKey(Long.toString(index).getBytes(UTF_8), 1);
  }

  /// Overwrites and installs again and again, in the order that the store does it.
  private static void install(RocksDisk disk, Path sourcePath) {
    StoreFolder sourceFolder = StoreFolder.create(sourcePath, StoreIdentity.UNASSIGNED);
    RocksDisk source = open(sourceFolder);
    for (int i = 1; i <= SNAPSHOT_KEYS; i++) {
      apply(source, i, key(i), new byte[2000]);
    }
    for (int round = 1; ; round++) {
      SnapshotManifest manifest = source.snapshots().cut(RANGE.id());
      for (int i = 0; i < 500; i++) {
        apply(disk, i + 1, StateLayout.versionKey(("old" + i).getBytes(UTF_8), round), new byte[9]);
      }
      BitSet missing = disk.snapshots().stage(manifest);
      for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
        disk.snapshots()
            .writeChunk(manifest.id(), i, source.snapshots().readChunk(manifest.id(), i));
      }
      note(disk, manifest.applied(), NOTE);
      System.out.println("noted " + round);
      disk.snapshots().install(manifest, List.of());
      note(disk, manifest.applied(), new byte[0]);
      System.out.println("installed " + round);
      disk.snapshots().discard(manifest.id());
      source.snapshots().release(manifest.id());
    }
  }

  static void note(RocksDisk disk, EntryId applied, byte[] note) {
    disk.log()
        .write(
            List.of(
                new GroupWrite(RANGE.id(), new PeerId(1), null, List.of(), applied, note, null)));
  }
}
