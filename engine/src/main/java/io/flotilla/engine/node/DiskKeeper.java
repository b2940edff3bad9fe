package io.flotilla.engine.node;

import io.flotilla.engine.rocks.Ballast;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.StorageException;
import io.flotilla.store.DiskLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the disk again and again and does what its stage asks for. While there is little room,
/// or soon will be, that of what was deleted is brought back, step by step as far as there is room
/// for it. On a full disk the ballast is given up, to be made again later, and nothing else is
/// compacted. Confined to its loop, which may block.
final class DiskKeeper {
  /*
   * How long from one look to the next: as long as it takes to write what is above the limit of the
   * first stage, at a rate that hardly a disk exceeds, and the shortest pause besides. So whoever
   * writes no faster gets below that limit by no more than he writes within the shortest pause,
   * however much room there was: at 500 MB a second that is a quarter of the smallest default
   * reserve of a real disk. Who takes room without writing may take it all between two looks, which
   * is why the longest pause is a second; with the shortest one he may as well.
   */
  static final long PAUSE_NANOS_MIN = 100_000_000;
  static final long PAUSE_NANOS_MAX = 1_000_000_000;
  private static final long BYTES_PER_SECOND = 4L << 30;

  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final long SECOND = 1_000_000_000;
  private static final long SYNC_NANOS = SECOND;
  private static final long RECLAIM_NANOS = 30 * SECOND;

  private final EventLoop loop;
  private final DiskGauge gauge;
  private final DiskLimits limits;
  private final Ballast ballast;
  private final StoreDisk disk;
  private final Work work;
  private long pauseNanos = PAUSE_NANOS_MIN;
  private long sinceSync;
  private long sinceReclaim;
  private boolean gaugeFails;
  private boolean actionFails;
  private boolean isCompacting = true;
  private boolean stopped;

  /// What else is to be done now and then.
  interface Work {
    /// Lets the log's mark survive a power cut. May block.
    void syncMark();

    /// Begins to bring back the room of what was deleted, unless that is under way; does not wait.
    ///
    /// @param roomBytes that it may take for itself meanwhile
    void reclaim(long roomBytes);

    /// Allows or forbids compactions that nobody asked for.
    void setCompacting(boolean isAllowed);
  }

  DiskKeeper(
      EventLoop loop,
      DiskGauge gauge,
      DiskLimits limits,
      Ballast ballast,
      StoreDisk disk,
      Work work) {
    this.loop = loop;
    this.gauge = gauge;
    this.limits = limits;
    this.ballast = ballast;
    this.disk = disk;
    this.work = work;
  }

  /// Begins; callable from any thread.
  void start() {
    loop.execute(this::turn);
  }

  /// Ends; on the loop.
  void stop() {
    stopped = true;
  }

  private void turn() {
    if (!stopped) {
      try {
        look(pauseNanos);
      } finally {
        pauseNanos = Math.min(pauseNanos, SYNC_NANOS - sinceSync);
        loop.schedule(pauseNanos, this::turn);
      }
    }
  }

  /// One look, so long after the one before, and what follows from it.
  private void look(long nanos) {
    sinceSync += nanos;
    sinceReclaim += nanos;
    if (sinceSync >= SYNC_NANOS) {
      sinceSync = 0;
      work.syncMark();
    }
    pauseNanos = PAUSE_NANOS_MIN;
    DiskGauge.Space space;
    try {
      space = gauge.look();
      gaugeFails = false;
    } catch (StorageException e) {
      if (!gaugeFails) {
        LOG.warn("the free space is not known at the moment: {}", e.getMessage());
      }
      gaugeFails = true;
      return;
    }
    DiskStage before = disk.stage();
    DiskStage stage = limits.stage(before, space.freeBytes(), ballast.owedBytes());
    disk.set(stage, space.freeBytes(), ballast.owedBytes());
    if (stage != before) {
      tell(before, stage, space.freeBytes());
    }
    try {
      act(stage, stage != before, space.freeBytes());
      actionFails = false;
    } catch (StorageException e) {
      if (!actionFails) {
        LOG.warn("{}", e.getMessage());
      }
      actionFails = true;
    }
    pauseNanos = pauseNanos(stage, space.freeBytes() - ballast.owedBytes() - limits.lowBytes());
  }

  /// Until the next look.
  ///
  /// @param spareBytes above the limit of the first stage
  static long pauseNanos(DiskStage stage, long spareBytes) {
    if (stage != DiskStage.ROOMY || spareBytes <= 0) {
      return PAUSE_NANOS_MIN;
    }
    double seconds = (double) spareBytes / BYTES_PER_SECOND;
    return (long) Math.min(PAUSE_NANOS_MAX, PAUSE_NANOS_MIN + seconds * SECOND);
  }

  private void act(DiskStage stage, boolean isNew, long freeBytes) {
    boolean mayCompact = !stage.isAtLeast(DiskStage.FULL);
    if (!mayCompact && ballast.isThere()) {
      ballast.drop();
    }
    if (mayCompact != isCompacting) {
      isCompacting = mayCompact;
      work.setCompacting(mayCompact);
    }
    if (stage == DiskStage.ROOMY) {
      ballast.grow();
    }
    boolean isDue = isNew || sinceReclaim >= RECLAIM_NANOS;
    boolean isWorthIt = stage != DiskStage.EXHAUSTED && freeBytes < 2 * limits.lowBytes();
    if (isDue && isWorthIt) {
      sinceReclaim = 0;
      work.reclaim(freeBytes / 2);
    }
  }

  private void tell(DiskStage before, DiskStage stage, long freeBytes) {
    long free = freeBytes >> 20;
    long again = limits.roomyFromBytes(ballast.owedBytes()) >> 20;
    switch (stage) {
      case ROOMY -> LOG.info("the disk has room again ({} MiB free): all writes are taken", free);
      case LOW ->
          LOG.warn(
              "the disk is nearly full: {} MiB free; until {} MiB are, writes that add data are"
                  + " refused here{}",
              free,
              again,
              before == DiskStage.ROOMY ? "" : "; entries of other leaders are taken again");
      case FULL ->
          LOG.error(
              "the disk is full: {} MiB free; the ballast is given up, and entries of other leaders"
                  + " that add data wait; free some room on it",
              free);
      case EXHAUSTED ->
          LOG.error("the disk has {} MiB left: all writes are refused; free some room on it", free);
    }
  }
}
