package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.node.SimulatedDisk.Level;
import io.flotilla.engine.rocks.Ballast;
import io.flotilla.engine.rocks.BallastContract;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.StorageException;
import org.junit.jupiter.api.Test;

/// When a simulated disk is without room, and so who is to blame who has none. To the contract it
/// is held as the keeper finds it, nearly full and seen: as long as nobody fills it there is
/// plenty, whatever is written.
class SimulatedDiskTest extends BallastContract {
  private static final int KIB = 1 << 10;
  private static final int EXHAUSTED = 60 * KIB;

  private long written;
  private long nanos;
  private final SimulatedDisk disk = new SimulatedDisk(() -> written, () -> nanos);
  private final SimulatedDisk low = new SimulatedDisk(() -> written, () -> nanos);

  SimulatedDiskTest() {
    low.fill(Level.LOW);
    low.look();
  }

  @Override
  protected Ballast ballast() {
    return low;
  }

  @Override
  protected DiskGauge gauge() {
    return low;
  }

  @Override
  protected long bytes() {
    return SimulatedDisk.LIMITS.ballastBytes();
  }

  @Override
  protected void write(long bytes) {
    assertFalse(low.hasNoRoom());
    written += bytes;
  }

  /// What was logged is truncated.
  @Override
  protected void clear() {
    written -= bytes();
  }

  @Test
  void aBallastThatIsThereNeedsNoMoreRoom() {
    growAll();
    low.fill(Level.EXHAUSTED);
    low.grow();
    assertTrue(low.isThere());
    low.drop();
    assertEquals(EXHAUSTED + bytes(), low.look().freeBytes());
  }

  @Test
  void aBallastThatFindsNoRoomIsStillOwed() {
    low.fill(Level.EXHAUSTED);
    assertThrows(StorageException.class, low::grow);
    assertEquals(bytes(), low.owedBytes());
    assertEquals(EXHAUSTED, low.look().freeBytes());
  }

  /// What seed 9802977 met: a burst between the stroke and the look.
  @Test
  void whatIsWrittenBeforeTheLookIsLeftBesides() {
    written = 200 * KIB;
    disk.fill(Level.EXHAUSTED);
    for (int i = 0; i < 20; i++) {
      write(10 * KIB, 10_000_000);
    }
    assertEquals(EXHAUSTED, disk.look().freeBytes());
  }

  /// The excuse ends neither before the keeper looks, its clock being a twenty-fifth slow, nor long
  /// after.
  @Test
  void aLookThatIsDueMayBeWaitedForAndNoLonger() {
    long spare = disk.look().freeBytes() - SimulatedDisk.LIMITS.lowBytes();
    double pause = DiskKeeper.pauseNanos(DiskStage.ROOMY, spare) * 25 / 24.0;
    assertTrue(pause < SimulatedDisk.UNSEEN_NANOS_MAX, "a look is due after " + pause);
    assertTrue(pause * 1.2 > SimulatedDisk.UNSEEN_NANOS_MAX, "a look is due after " + pause);
  }

  @Test
  void whatIsWrittenAfterTheLookCounts() {
    disk.fill(Level.EXHAUSTED);
    disk.look();
    write(59 * KIB, 1);
    assertEquals(KIB, disk.look().freeBytes());
    write(KIB, 1);
    assertTrue(disk.hasNoRoom());
    disk.fill(Level.EXHAUSTED);
    assertFalse(disk.hasNoRoom());
  }

  @Test
  void whoeverDoesNotLookRunsOutOfRoom() {
    disk.fill(Level.EXHAUSTED);
    write(100 * KIB, SimulatedDisk.UNSEEN_NANOS_MAX);
    assertFalse(disk.hasNoRoom());
    write(59 * KIB, 1);
    assertFalse(disk.hasNoRoom());
    write(KIB, 1);
    assertTrue(disk.hasNoRoom());
    assertEquals(0, disk.look().freeBytes());
  }

  @Test
  void whatWaitedForAStalledLogWasTakenBefore() {
    disk.holdUp(3_000_000_000L);
    nanos += 1_000_000_000;
    disk.fill(Level.EXHAUSTED);
    disk.look();
    nanos += 2_000_000_000;
    write(100 * KIB, SimulatedDisk.UNSEEN_NANOS_MAX);
    assertFalse(disk.hasNoRoom());
    disk.holdUp(3_000_000_000L);
    nanos += 1;
    write(60 * KIB, 1);
    assertTrue(disk.hasNoRoom(), "it knew when this stall began");
  }

  @Test
  void withoutAnyRoomNothingIsWritten() {
    disk.fill(Level.GONE);
    assertTrue(disk.hasNoRoom());
    assertTrue(disk.isGone());
    disk.clear();
    assertFalse(disk.hasNoRoom());
    assertFalse(disk.isGone());
  }

  /// As the log does: asks first.
  private void write(int bytes, long takingNanos) {
    assertFalse(disk.hasNoRoom());
    written += bytes;
    nanos += takingNanos;
  }
}
