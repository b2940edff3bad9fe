package io.flotilla.engine.node;

import io.flotilla.engine.rocks.Ballast;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.StorageException;
import io.flotilla.store.DiskLimits;
import java.util.function.LongSupplier;

/// How much room a simulated disk has: plenty, or what somebody else's files leave of it, less what
/// the log has taken since. Outlives the process.
///
/// Those files come at one stroke, and a store that writes at the time knows nothing of them until
/// it looks: no reserve is enough for all that it may write by then, as [DiskKeeper] says. So
/// whoever fills the disk leaves that much more: what the next look finds is the whole [Level], and
/// with that the store must manage. A look has to come, though: what is written when it is overdue
/// counts, and a store that does not look, or does not heed what it saw, runs out of room and is to
/// blame.
///
/// So it is with what waits for a log that stalls or a process that stands still: it was taken when
/// there was room, and counts only if the trouble began when the store knew of the full disk.
public final class SimulatedDisk implements DiskGauge, Ballast {
  static final DiskLimits LIMITS = new DiskLimits(1 << 20, 256 << 10, 64 << 10);

  private static final long TOTAL_BYTES = 1L << 30;

  /// By then a look must have come: on a disk with so much room, by a clock that is a bit slow.
  /// With four times as much none of 160 seeds found a keeper that looks once a minute.
  static final long UNSEEN_NANOS_MAX = 250_000_000;

  private final LongSupplier written;
  private final LongSupplier nanos;
  private boolean filled;
  private long filledAtNanos;
  private boolean isSeen;
  private long excusedUntilNanos = -1;
  private boolean gone;
  private long leftBytes = TOTAL_BYTES / 2;
  private long writtenBefore;
  private boolean ballastThere;

  /// How full somebody else makes it.
  public enum Level {
    LOW(700 << 10),
    FULL(200 << 10),
    EXHAUSTED(60 << 10),
    /// There is no room at all: whatever is written fails.
    GONE(0);

    private final long leftBytes;

    Level(long leftBytes) {
      this.leftBytes = leftBytes;
    }
  }

  /// @param written bytes that the log has written so far
  /// @param nanos the time
  SimulatedDisk(LongSupplier written, LongSupplier nanos) {
    this.written = written;
    this.nanos = nanos;
  }

  /// Somebody else's files leave so much, as the next look finds it.
  public void fill(Level level) {
    filled = true;
    filledAtNanos = nanos.getAsLong();
    isSeen = false;
    gone = level == Level.GONE;
    leftBytes = level.leftBytes;
    writtenBefore = written.getAsLong();
  }

  /// From now on nothing is written for so long, and then what waited all that time.
  void holdUp(long forNanos) {
    if (!filled || !isSeen) {
      long until = nanos.getAsLong() + forNanos + UNSEEN_NANOS_MAX;
      excusedUntilNanos = Math.max(excusedUntilNanos, until);
    }
  }

  /// Those files are gone.
  public void clear() {
    filled = false;
    leftBytes = TOTAL_BYTES / 2;
  }

  /// True if somebody else has left no room at all, so that nobody is to blame who fails here.
  public boolean isGone() {
    return filled && gone;
  }

  /// True if not a byte can be written. To be asked before every write.
  public boolean hasNoRoom() {
    leaveUnseen();
    return freeBytes() <= 0;
  }

  private void leaveUnseen() {
    long now = nanos.getAsLong();
    boolean mayBeUnseen = !isSeen && now - filledAtNanos <= UNSEEN_NANOS_MAX;
    if (mayBeUnseen || now <= excusedUntilNanos) {
      writtenBefore = written.getAsLong();
    }
  }

  private long freeBytes() {
    return filled ? Math.max(0, leftBytes - (written.getAsLong() - writtenBefore)) : leftBytes;
  }

  @Override
  public Space look() {
    leaveUnseen();
    isSeen = true;
    return new Space(freeBytes(), TOTAL_BYTES);
  }

  // The ballast ---------------------------------------------------------------------------------

  @Override
  public long owedBytes() {
    return ballastThere ? 0 : LIMITS.ballastBytes();
  }

  @Override
  public boolean isThere() {
    return ballastThere;
  }

  @Override
  public void grow() {
    if (ballastThere) {
      return;
    }
    if (filled && freeBytes() < LIMITS.ballastBytes()) {
      throw new StorageException("simulated disk: no room for the ballast");
    }
    ballastThere = true;
    leftBytes -= filled ? LIMITS.ballastBytes() : 0;
  }

  @Override
  public void drop() {
    if (ballastThere) {
      ballastThere = false;
      leftBytes += filled ? LIMITS.ballastBytes() : 0;
    }
  }
}
