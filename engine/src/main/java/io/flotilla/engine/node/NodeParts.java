package io.flotilla.engine.node;

import io.flotilla.engine.mvcc.KvEnvironment;
import io.flotilla.engine.mvcc.KvMachines;
import io.flotilla.engine.mvcc.KvOptions;
import io.flotilla.engine.mvcc.ReadPool;
import io.flotilla.engine.mvcc.TimestampBatcher;
import io.flotilla.engine.mvcc.WriteRoom;
import io.flotilla.engine.rocks.NativeHandles;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.engine.rocks.RocksOptions;
import io.flotilla.engine.rocks.StoreFolder;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.Policy;
import io.flotilla.placement.check.LeaderLimits;
import io.flotilla.placement.directory.PlacementMachine;
import io.flotilla.placement.directory.PlacementOptions;
import io.flotilla.placement.directory.StateReader;
import io.flotilla.raft.RaftOptions;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.ReplicaOptions;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StorageException;
import io.flotilla.store.StoreOptions;
import io.flotilla.store.liveness.LivenessOptions;
import io.flotilla.transport.frame.TransportLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes the production parts of a node from its options, each the way its own module wants it.
final class NodeParts {
  private NodeParts() {}

  static RocksDisk disk(StoreFolder folder, NodeOptions options, RandomSource random) {
    return RocksDisk.open(folder, rocks(options), random.fork("snapshots"), new NativeHandles());
  }

  static RocksOptions rocks(NodeOptions options) {
    return RocksOptions.DEFAULT
        .withMemoryBytes(options.memoryBytes())
        .withUnsafeNoFsync(options.unsafeNoFsync());
  }

  static TransportLimits limits(NodeOptions options) {
    return TransportLimits.DEFAULTS
        .withFrameBytesMax(options.frameBytesMax())
        .withConnectionsMax(options.connectionsMax())
        .withHandshakeTimeout(Duration.ofSeconds(5));
  }

  static StoreOptions store(NodeOptions options) {
    RaftOptions raft = RaftOptions.DEFAULT;
    ReplicaOptions replica = ReplicaOptions.DEFAULT;
    long log = options.logBytesMax();
    StoreOptions store = StoreOptions.DEFAULT;
    return new StoreOptions(
        new ReplicaOptions(
            new RaftOptions(
                options.electionTicks(),
                Math.min(raft.beatTicks(), (options.electionTicks() - 1) / 2),
                withholdTicks(options),
                raft.inflightAppendsMax(),
                raft.inflightBytesMax(),
                raft.appendBytesMax(),
                raft.uncommittedBytesMax(),
                raft.applyBytesMax(),
                raft.windowBytesMax()),
            options.tickMillis() * 1_000_000L,
            !options.readsByQuorum(),
            replica.entryBytesMax(),
            replica.proposalsMax(),
            replica.deferredMax(),
            Math.min(replica.compactAtBytes(), log / 4),
            Math.min(replica.lagBytesMax(), log / 2),
            Math.max(Math.min(replica.snapshotHoldBytes(), 4 * log), log / 2),
            replica.quietTicks(),
            replica.leaderMissingTicks()),
        store.applyBacklogBytesMax(),
        store.applyBatchBytesMax(),
        Math.min(store.replayBytesMax(), log),
        store.parkedMax(),
        store.snapshotsAtOnce(),
        store.snapshotBytesPerSecond(),
        store.snapshotWindowBytes(),
        store.housekeepingTicks(),
        store.pauseTicks(),
        store.queueNanosMax(),
        store.liveness());
  }

  /// After a start votes wait for the longer of what was promised by a range and by the store.
  private static int withholdTicks(NodeOptions options) {
    long promised = LivenessOptions.DEFAULT.promiseNanos() / (options.tickMillis() * 1_000_000L);
    return Math.max(options.electionTicks(), (int) promised + 3);
  }

  /// The machines of all ranges: the placement group's own, and for each loop those of the map.
  static final class Machines implements RangeMachine.Factory {
    private final RangeMachine.Factory placement;
    private final Map<EventLoop, KvMachines> byLoop = new LinkedHashMap<>();
    private volatile long newestSafePoint;

    Machines(
        NodeLoops loops,
        StateStorage state,
        OracleClient oracle,
        WriteRoom room,
        QueueLimits queues,
        RangeMachine.Factory placement) {
      this.placement = placement;
      for (EventLoop loop : loops.store()) {
        KvEnvironment environment =
            new KvEnvironment(
                loop,
                state,
                new ReadPool(loop, loops.readers(), queues.reads()),
                new TimestampBatcher(loop, oracle.forLoop(loop), queues.timestamps()),
                room,
                KvOptions.DEFAULT);
        byLoop.put(loop, new KvMachines(environment));
      }
    }

    @Override
    public RangeMachine create(
        io.flotilla.keyspace.RangeId range, io.flotilla.replica.RangeAccess access) {
      if (range.equals(RangeDescriptor.PLACEMENT)) {
        return placement.create(range, access);
      }
      KvMachines machines = byLoop.get(access.loop());
      if (machines == null) {
        throw new IllegalStateException("range " + range + " is on a loop that is no store loop");
      }
      return machines.create(range, access);
    }

    /// The placement driver told of its safe point, which wakes the loops only if it is news.
    /// Callable from any thread.
    void onSafePoint(Timestamp safePoint) {
      if (safePoint.value() > newestSafePoint) {
        newestSafePoint = safePoint.value();
        byLoop.forEach((loop, machines) -> loop.execute(() -> machines.onSafePoint(safePoint)));
      }
    }

    /// Those of each loop.
    Collection<KvMachines> all() {
      return byLoop.values();
    }

    /// The loops are about to stop.
    void stop() {
      byLoop.forEach((loop, machines) -> loop.execute(machines::stop));
    }
  }

  /// @param loop the placement replica's
  static RangeMachine.Factory placement(
      String cluster,
      NodeOptions options,
      StateStorage state,
      EventLoop loop,
      EventLoop reader,
      Clock clock,
      NodeEvents events) {
    Policy policy =
        new Policy(options.replicas(), options.rangeBytesMax(), options.retentionMillis());
    StateReader read =
        (from, to, onRead, onFailed) ->
            reader.execute(() -> {
              try {
                List<StateWrite> found = readAll(state, from, to);
                loop.execute(() -> onRead.accept(found));
              } catch (StorageException unreadable) {
                loop.execute(() -> onFailed.accept(unreadable));
              }
            });
    PlacementOptions placement =
        PlacementOptions.of(cluster, policy)
            .withSnapshotAgeMaxMillis(options.snapshotAgeMaxMillis())
            .withDeadMillis(options.storeDeadMillis())
            .withLeaders(
                LeaderLimits.DEFAULT.with(options.leaderGap(), options.leaderSettleMillis()));
    return PlacementMachine.factory(read, clock, events, placement);
  }

  private static List<StateWrite> readAll(StateStorage state, byte[] from, byte[] to) {
    List<StateWrite> found = new ArrayList<>();
    try (StateStorage.StateCursor cursor = state.scan(from, to, false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        found.add(new StateWrite(cursor.key(), cursor.value()));
      }
    }
    return found;
  }

  static boolean isFounder(StoreId store) {
    return store.equals(FirstStart.FOUNDER);
  }
}
