package io.flotilla.engine.node;

import io.flotilla.engine.rocks.Ballast;
import io.flotilla.engine.rocks.FileBallast;
import io.flotilla.engine.rocks.RocksDisk;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.NoRoomException;
import io.flotilla.spi.StorageException;
import io.flotilla.store.DiskLimits;
import io.flotilla.store.Store;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of a node that watch over the room on its disk, from before the databases are opened:
/// on a full disk that needs the room of the ballast.
final class DiskParts {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");

  private final DiskGauge gauge;
  private final DiskLimits limits;
  private final Ballast ballast;
  private final StoreDisk disk;

  /// @throws StorageException if the disk cannot be looked at
  DiskParts(
      Path folder,
      NodeOptions options,
      Function<Path, DiskGauge> gauges,
      StoreId store,
      Clock clock) {
    this.gauge = gauges.apply(folder);
    DiskGauge.Space space = gauge.look();
    long tableBytes = NodeParts.rocks(options).stateTableBytes();
    this.limits = options.disk().limits(space.totalBytes(), tableBytes);
    this.ballast = new FileBallast(folder, limits.ballastBytes());
    DiskStage stage = limits.stage(DiskStage.ROOMY, space.freeBytes(), ballast.owedBytes());
    this.disk = new StoreDisk(store, limits, clock);
    disk.set(stage, space.freeBytes(), ballast.owedBytes());
    if (stage != DiskStage.ROOMY) {
      LOG.warn(
          "the disk of {} is nearly full: {} MiB free; until {} MiB are, writes that add data are"
              + " refused",
          folder,
          space.freeBytes() >> 20,
          limits.roomyFromBytes(ballast.owedBytes()) >> 20);
    }
  }

  StoreDisk disk() {
    return disk;
  }

  /// Opens the databases, with the room of the ballast if there is no other.
  RocksDisk open(Supplier<RocksDisk> opening) {
    if (disk.stage().isAtLeast(DiskStage.FULL)) {
      ballast.drop();
    }
    try {
      return opening.get();
    } catch (NoRoomException full) {
      if (!ballast.isThere()) {
        throw full;
      }
      LOG.error("{}; trying once more without the ballast", full.getMessage());
      ballast.drop();
      return opening.get();
    }
  }

  /// Begins to watch, and leaves word how to end it.
  void start(RocksDisk databases, Store store, NodeThreads threads, Closing closing) {
    ReclaimOnDemand work = new ReclaimOnDemand(databases, threads.reclaim());
    DiskKeeper keeper = new DiskKeeper(threads.disk(), gauge, limits, ballast, disk, work);
    DiskHandOver handOver = new DiskHandOver(disk.self(), store, disk, threads.control());
    closing.add("reclaiming", databases::endReclaim);
    closing.add("looking at the disk", () -> threads.disk().execute(keeper::stop));
    closing.add("hand-overs", () -> threads.control().execute(handOver::stop));
    keeper.start();
    threads.control().execute(handOver::start);
  }

  /// One reclaim at a time, on a loop of its own.
  private static final class ReclaimOnDemand implements DiskKeeper.Work {
    private final RocksDisk databases;
    private final EventLoop loop;
    private volatile boolean underWay;

    ReclaimOnDemand(RocksDisk databases, EventLoop loop) {
      this.databases = databases;
      this.loop = loop;
    }

    @Override
    public void syncMark() {
      databases.log().syncMark();
    }

    @Override
    public void setCompacting(boolean isAllowed) {
      databases.setCompacting(isAllowed);
    }

    @Override
    public void reclaim(long roomBytes) {
      if (!underWay) {
        underWay = true;
        loop.execute(() -> run(roomBytes));
      }
    }

    private void run(long roomBytes) {
      try {
        databases.reclaim(roomBytes);
      } catch (StorageException e) {
        LOG.warn("room could not be brought back: {}", e.getMessage());
      } finally {
        underWay = false;
      }
    }
  }
}
