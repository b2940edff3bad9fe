package io.flotilla.store;

import io.flotilla.codec.InstallNote;
import io.flotilla.codec.ManifestCodec;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.replica.RangeReplica;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.LogStorage.Tombstone;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StateStorage.StoredRange;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The start of a store: brings log and state together and makes the replicas. Blocks; nothing else
/// runs yet.
final class Recovery {
  /*
   * What a range can look like:
   *
   * - state, and a log of the same peer: the normal case, replays from the applied entry
   * - state, no log: a split's right half or a first range that has promised nothing yet
   * - state without us in it, and a log: it applied its own removal, which is finished now
   * - state of an older peer: its tombstone is written, or a newer, empty replica is in the log;
   *   its data is not cleared yet, or not for good: clears it
   * - state, and a log without entries of the same peer: it was empty and may have voted, then came
   *   the split that it is the right half of
   * - no state, a log with entries: a right half whose split the state has lost; kept aside until
   *   the left half replays it
   * - no state, a log without entries: an empty replica that waits for its first snapshot
   * - a tombstone only: remembered
   */
  private final StoreCore core;
  private final Map<RangeId, StoredGroup> groups = new TreeMap<>();
  private final Map<RangeId, StoredRange> ranges = new TreeMap<>();
  private final List<Runnable> afterStart = new ArrayList<>();

  Recovery(StoreCore core) {
    this.core = core;
  }

  /// Returns what to do on the loops once they run.
  List<Runnable> run() {
    for (StoredGroup group : core.env().log().load()) {
      groups.put(group.range(), group);
    }
    for (StoredRange range : core.env().state().load()) {
      ranges.put(range.descriptor().id(), range);
    }
    finishInstalls();
    discardStrangers();
    shareKeys(requireNoOverlap());
    for (StoredRange range : ranges.values()) {
      core.claimsAtStart().set(range.descriptor());
      core.applier().know(range.descriptor());
    }
    for (StoredGroup group : groups.values()) {
      if (group.tombstone() != null) {
        core.loopOf(group.range()).arrivals().bury(group.range(), group.tombstone());
      }
      if (!ranges.containsKey(group.range())) {
        withoutState(group);
      }
    }
    ranges.values().forEach(this::withState);
    return afterStart;
  }

  private void finishInstalls() {
    for (StoredGroup group : List.copyOf(groups.values())) {
      if (group.note().length > 0) {
        InstallNote note = ManifestCodec.decodeNote(group.note());
        SnapshotManifest manifest = note.manifest();
        requireStaged(group.range(), manifest);
        List<RangeDescriptor> clear = new ArrayList<>();
        StoredRange before = ranges.get(group.range());
        if (before != null) {
          clear.add(before.descriptor());
        }
        clear.add(manifest.descriptor());
        core.env().snapshots().install(manifest, clear);
        byte[] noNote = new byte[0];
        core.env()
            .log()
            .write(
                List.of(new GroupWrite(group.range(), null, null, List.of(), null, noNote, null)));
        core.env().snapshots().discard(manifest.id());
        ranges.put(group.range(), new StoredRange(manifest.descriptor(), manifest.applied()));
      }
    }
  }

  private void requireStaged(RangeId range, SnapshotManifest manifest) {
    boolean staged =
        core.env().snapshots().staged().stream().anyMatch(each -> each.id().equals(manifest.id()));
    if (!staged) {
      throw new StorageException(
          "range "
              + range
              + ": the log says that snapshot "
              + manifest.id()
              + " was being installed, but its files are not here; the folder is damaged,"
              + " start this store anew from an empty one");
    }
  }

  /// Staged snapshots of replicas that are not here any more.
  private void discardStrangers() {
    for (SnapshotManifest manifest : core.env().snapshots().staged()) {
      StoredGroup group = groups.get(manifest.descriptor().id());
      if (group == null || group.peer() == null) {
        core.env().snapshots().discard(manifest.id());
      }
    }
  }

  /// Of spans in the order of their starts, two overlap only if two neighbours do. Returns the
  /// ranges in that order.
  private List<RangeDescriptor> requireNoOverlap() {
    List<RangeDescriptor> all = new ArrayList<>();
    for (StoredRange range : ranges.values()) {
      if (!range.descriptor().isPlacement()) {
        all.add(range.descriptor());
      }
    }
    all.sort(Comparator.comparing(range -> range.span().start()));
    for (int i = 1; i < all.size(); i++) {
      RangeDescriptor a = all.get(i - 1);
      RangeDescriptor b = all.get(i);
      if (a.span().overlaps(b.span())) {
        throw new StorageException(
            "the state has both " + a + " and " + b + ", which overlap; the folder is damaged");
      }
    }
    return all;
  }

  /// The state gives each range two keys of its own.
  private void shareKeys(List<RangeDescriptor> inOrder) {
    Key end = Key.EMPTY;
    for (RangeDescriptor descriptor : inOrder) {
      RangeDescriptor shared = descriptor.sharing(end, descriptor.span().end());
      ranges.computeIfPresent(
          shared.id(), (_, stored) -> new StoredRange(shared, stored.applied()));
      end = shared.span().end();
    }
  }

  private void withoutState(StoredGroup group) {
    PeerId peer = group.peer();
    StoreLoop loop = core.loopOf(group.range());
    if (peer == null) {
      return;
    }
    if (!group.isEmpty()) {
      loop.arrivals().addDormant(group);
    } else {
      RangeReplica replica = ReplicaStarts.emptyStored(core, loop, group, peer);
      afterStart.add(() -> loop.post(() -> loop.add(replica, "waits for a snapshot")));
    }
  }

  private void withState(StoredRange range) {
    RangeDescriptor descriptor = range.descriptor();
    StoreLoop loop = core.loopOf(descriptor.id());
    StoredGroup group = groups.get(descriptor.id());
    PeerId logged = group == null ? null : group.peer();
    Tombstone tombstone = group == null ? null : group.tombstone();
    Optional<ReplicaDescriptor> mine = descriptor.replicaOn(core.env().store());
    boolean buried =
        tombstone != null && mine.isPresent() && tombstone.peer().compareTo(mine.get().peer()) >= 0;
    boolean isEmpty = group != null && group.isEmpty();
    boolean isOlder = mine.isEmpty() || isEmpty && !mine.get().peer().equals(logged);
    if (buried || isOlder) {
      finishRemoval(loop, range, group, buried);
      return;
    }
    PeerId peer = mine.get().peer();
    if (!isEmpty) {
      requireExplained(range, group, logged, peer);
    }
    boolean sole = descriptor.replicas().size() == 1;
    RangeReplica replica =
        ReplicaStarts.stored(core, loop, range, logged == null ? null : group, peer);
    afterStart.add(() ->
        loop.post(() -> {
          if (!sole && core.env().options().liveness().quiescence()) {
            replica.beginDormant();
          }
          loop.add(replica, "found");
          if (sole) {
            loop.guard(replica, replica::campaign);
          }
        }));
  }

  /// What is left in the state of a replica that was removed, perhaps beside a newer, empty one.
  private void finishRemoval(
      StoreLoop loop, StoredRange range, @Nullable StoredGroup group, boolean buried) {
    RangeDescriptor descriptor = range.descriptor();
    PeerId logged = group == null ? null : group.peer();
    boolean newer = group != null && group.isEmpty();
    if (buried || newer || logged == null) {
      afterStart.add(() -> loop.post(() -> Removal.ofBuried(core, loop, descriptor)));
    } else {
      afterStart.add(() -> loop.post(() -> Removal.ofStored(core, loop, range, logged)));
    }
    if (newer && group != null && logged != null) {
      RangeReplica replica = ReplicaStarts.emptyStored(core, loop, group, logged);
      afterStart.add(() -> loop.post(() -> loop.add(replica, "waits for a snapshot")));
    }
  }

  private static void requireExplained(
      StoredRange range, @Nullable StoredGroup group, @Nullable PeerId logged, PeerId peer) {
    if (group == null || logged == null) {
      return;
    }
    long applied = range.applied().index();
    boolean explained =
        logged.equals(peer) && applied >= group.compacted().index() && applied <= group.lastIndex();
    if (!explained) {
      throw new StorageException(
          "range "
              + range.descriptor().id()
              + ": the state has peer "
              + peer
              + " with "
              + range.applied()
              + " applied, the log has peer "
              + logged
              + " from "
              + group.compacted()
              + " to "
              + group.lastIndex()
              + "; log and state do not belong together, start this store anew from an empty one");
    }
  }
}
