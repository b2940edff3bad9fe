package io.flotilla.engine.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventLoop;
import io.flotilla.store.Store;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// While this store's disk is nearly full, gives the ranges that it leads to stores with room, a
/// few at a time: there they can be written. Confined to its loop.
///
/// Only if it is known who has room; two full stores would else hand ranges to and fro.
final class DiskHandOver {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final long ROUND_NANOS = 250_000_000;
  private static final int RANGES_PER_ROUND = 16;

  private final StoreId self;
  private final Store store;
  private final StoreDisk disk;
  private final EventLoop loop;
  private final Rounds rounds;
  private boolean stopped;

  DiskHandOver(StoreId self, Store store, StoreDisk disk, EventLoop loop) {
    this.self = self;
    this.store = store;
    this.disk = disk;
    this.loop = loop;
    this.rounds = new Rounds(loop, ROUND_NANOS, () -> disk.stage() != DiskStage.ROOMY, this::round);
  }

  /// Begins; on the loop.
  void start() {
    disk.onStage(rounds::begin);
    rounds.begin();
  }

  /// Ends; on the loop.
  void stop() {
    stopped = true;
    rounds.stop();
  }

  private void round() {
    if (disk.knowsOthers()) {
      store.listReplicas(replicas -> loop.execute(() -> handOver(replicas)));
    }
  }

  private void handOver(List<ReplicaStatus> replicas) {
    int begun = 0;
    for (ReplicaStatus replica : replicas) {
      Optional<StoreId> to = heirOf(replica, self, disk::isFull);
      if (to.isPresent() && begun < RANGES_PER_ROUND && !stopped) {
        begun++;
        store.transferLeader(replica.range(), to.get(), _ -> {});
      }
    }
    if (begun > 0) {
      LOG.info("the disk is nearly full: {} ranges are handed to stores with room", begun);
    }
  }

  /// Who should lead the range instead: the voter with room that has most of the log, if it is up.
  static Optional<StoreId> heirOf(
      ReplicaStatus replica, StoreId self, Predicate<StoreId> isWithoutRoom) {
    RangeDescriptor descriptor = replica.descriptor();
    if (!replica.serving() || descriptor == null || descriptor.isJoint()) {
      return Optional.empty();
    }
    return replica.followers().stream()
        .filter(FollowerStatus::recentlyActive)
        .sorted(Comparator.comparingLong(FollowerStatus::match).reversed())
        .flatMap(follower -> descriptor.replica(follower.peer()).stream())
        .filter(each -> each.kind() == ReplicaKind.VOTER)
        .map(ReplicaDescriptor::store)
        .filter(store -> !store.equals(self) && !isWithoutRoom.test(store))
        .findFirst();
  }
}
