package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Ready.LogFetch;
import io.flotilla.raft.Ready.ReadBarrier;
import io.flotilla.raft.Ready.SnapshotWanted;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One peer with everything around the core that a store would do: a disk, a state machine, and
/// queues of what is under way. Whoever drives it decides when each step happens.
final class TestPeer {
  final PeerId id;
  final TestDisk disk;
  final Deque<Ready> persisting = new ArrayDeque<>();
  final Deque<List<Entry>> applying = new ArrayDeque<>();
  final Deque<LogFetch> fetching = new ArrayDeque<>();
  final Deque<SnapshotWanted> snapshotting = new ArrayDeque<>();
  final List<ReadBarrier> reads = new ArrayList<>();
  final List<EntryId> dropped = new ArrayList<>();
  RaftGroup group;
  Machine machine;
  boolean isUp = true;
  Ready.@Nullable RoleChange roleChange;
  long confirmedRound;
  Consumer<Ready> onReady = _ -> {};
  boolean isDiskHeld;

  private final RaftOptions options;
  private final RandomSource random;
  private final Map<EntryId, Machine> snapshots;
  private final Consumer<Envelope> network;

  TestPeer(
      PeerId id,
      TestDisk disk,
      RaftOptions options,
      RandomSource random,
      Map<EntryId, Machine> snapshots,
      Consumer<Envelope> network) {
    this.id = id;
    this.disk = disk;
    this.options = options;
    this.random = random;
    this.snapshots = snapshots;
    this.network = network;
    this.machine = disk.flushed;
    this.group = new RaftGroup(options, id, disk.start(false), random);
  }

  /// The process dies: what is not on disk is gone.
  void crash() {
    isUp = false;
    persisting.clear();
    applying.clear();
    fetching.clear();
    snapshotting.clear();
    machine = disk.flushed;
  }

  void restart() {
    isUp = true;
    roleChange = null;
    group = new RaftGroup(options, id, disk.start(true), random);
  }

  /// Another group goes on with what this one knows, if nothing is under way. True if so.
  boolean rest() {
    group.quiescing().trim();
    if (!group.mayRest()) {
      return false;
    }
    RestWriter out = new RestWriter();
    group.rest(out);
    RestReader in = new RestReader(out.toBytes());
    RaftGroup resumed = RaftGroup.resume(options, id, in, RandomSource::new);
    in.finish();
    SameState.check(group, resumed);
    group = resumed;
    return true;
  }

  Ready takeReady() {
    return takeReady(onReady);
  }

  /// Takes a Ready, lets `observer` see it, and starts what it asks for.
  Ready takeReady(Consumer<Ready> observer) {
    Ready ready = group.takeReady();
    observer.accept(ready);
    ready.sendNow().forEach(network);
    persisting.add(ready);
    if (ready.install() != null) {
      applying.clear();
    }
    if (!ready.toApply().isEmpty()) {
      applying.add(ready.toApply());
    }
    fetching.addAll(ready.toFetch());
    snapshotting.addAll(ready.snapshotsWanted());
    reads.addAll(ready.readsReady());
    dropped.addAll(ready.dropped());
    if (ready.roleChange() != null) {
      roleChange = ready.roleChange();
    }
    confirmedRound = ready.confirmedRound();
    while (!persisting.isEmpty() && !persisting.getFirst().mustPersist()) {
      persistOne();
    }
    return ready;
  }

  /// The oldest Ready becomes durable, and those after it that had nothing to persist.
  void persistOne() {
    Ready ready = persisting.removeFirst();
    if (ready.install() != null) {
      machine = snapshots.get(ready.install().last());
    }
    disk.write(ready, machine);
    ready.sendOncePersisted().forEach(network);
    group.persisted(ready.number());
    if (!persisting.isEmpty() && !persisting.getFirst().mustPersist()) {
      persistOne();
    }
  }

  void applyOne() {
    for (Entry entry : applying.removeFirst()) {
      machine = machine.apply(entry);
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        group.membershipApplied(entry.index(), machine.membership());
      }
    }
    group.applied(machine.applied().index());
  }

  void fetchOne() {
    LogFetch fetch = fetching.removeFirst();
    group.fetched(fetch, disk.read(fetch.fromIndex(), fetch.toIndex(), fetch.bytesMax()));
  }

  void snapshotOne(boolean succeeds) {
    PeerId follower = snapshotting.removeFirst().follower();
    if (group.role() != RoleKind.LEADER) {
      return;
    }
    if (succeeds) {
      snapshots.put(machine.applied(), machine);
      Message.Snapshot snapshot =
          new Message.Snapshot(id, group.term(), machine.applied(), machine.membership());
      network.accept(new Envelope(follower, snapshot));
    }
    group.snapshotSent(follower, succeeds ? machine.applied().index() : 0);
  }

  /// The state is flushed and the log compacted up to `index`.
  void compact(long index) {
    if (machine.applied().index() == group.applied() && index <= group.applied()) {
      disk.flushed = machine;
      disk.compactTo(group.compacted(index));
    }
  }

  boolean isBusy() {
    return group.hasReady()
        || (!persisting.isEmpty() && !isDiskHeld)
        || !applying.isEmpty()
        || !fetching.isEmpty()
        || !snapshotting.isEmpty();
  }

  /// Does everything there is to do until nothing is left; messages go to the network.
  void settle() {
    while (isBusy()) {
      if (group.hasReady()) {
        takeReady();
      } else if (!persisting.isEmpty() && !isDiskHeld) {
        persistOne();
      } else if (!applying.isEmpty()) {
        applyOne();
      } else if (!fetching.isEmpty()) {
        fetchOne();
      } else {
        snapshotOne(true);
      }
    }
  }
}
