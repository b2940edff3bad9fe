package io.flotilla.engine.node;

import static io.flotilla.engine.node.FakeGauges.MIB;
import static io.flotilla.spi.DiskStage.EXHAUSTED;
import static io.flotilla.spi.DiskStage.FULL;
import static io.flotilla.spi.DiskStage.LOW;
import static io.flotilla.spi.DiskStage.ROOMY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.mvcc.ManualLoop;
import io.flotilla.engine.node.FakeGauges.FakeGauge;
import io.flotilla.engine.rocks.Ballast;
import io.flotilla.engine.rocks.FileBallast;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.DiskGauge;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.DiskLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskKeeperTest {
  private static final DiskLimits LIMITS = new DiskLimits(1000 * MIB, 400 * MIB, 4 * MIB);

  @TempDir Path folder;
  private final FakeGauge gauge = new FakeGauge();
  private final ManualLoop loop = new ManualLoop();
  private final StoreDisk disk = new StoreDisk(new StoreId(1), LIMITS, new SystemClock());
  private int looks;
  private int syncs;
  private int reclaims;
  private String compacting = "";
  private DiskKeeper keeper;

  @BeforeEach
  void start() {
    gauge.setFree(2000 * MIB);
    DiskKeeper.Work work =
        new DiskKeeper.Work() {
          @Override
          public void syncMark() {
            syncs++;
          }

          @Override
          public void reclaim(long roomBytes) {
            assertEquals(disk.freeBytes() / 2, roomBytes);
            reclaims++;
          }

          @Override
          public void setCompacting(boolean isAllowed) {
            compacting += isAllowed ? "+" : "-";
          }
        };
    Ballast ballast = new FileBallast(folder, LIMITS.ballastBytes());
    keeper = new DiskKeeper(loop, this::look, LIMITS, ballast, disk, work);
    keeper.start();
    nextLook();
  }

  private DiskGauge.Space look() {
    looks++;
    return gauge.look();
  }

  /// The next look, however long that takes, and maybe more.
  private void nextLook() {
    loop.advance(DiskKeeper.PAUSE_NANOS_MAX);
  }

  @Test
  void roomIsBroughtBackBeforeItIsMissed() {
    looks(1000);
    assertEquals(0, reclaims);
    gauge.setFree(1900 * MIB);
    looks(1000);
    assertEquals(ROOMY, disk.stage());
    assertTrue(reclaims >= 3 && reclaims <= 4, "" + reclaims);
  }

  /// As many looks, while there is little room.
  private void looks(int count) {
    loop.advance(count * DiskKeeper.PAUSE_NANOS_MIN);
  }

  @Test
  void theBallastIsMadeAtTheStart() {
    assertTrue(hasBallast());
    assertEquals(ROOMY, disk.stage());
  }

  @Test
  void stagesFollowTheDiskThereAndBack() {
    gauge.setFree(999 * MIB);
    nextLook();
    assertEquals(LOW, disk.stage());
    assertEquals(999 * MIB, disk.freeBytes());
    assertTrue(hasBallast());
    gauge.setFree(399 * MIB);
    looks(1);
    assertEquals(FULL, disk.stage());
    assertFalse(hasBallast());
    gauge.setFree(99 * MIB);
    looks(1);
    assertEquals(EXHAUSTED, disk.stage());
    gauge.setFree(504 * MIB);
    looks(1);
    assertEquals(LOW, disk.stage());
    assertFalse(hasBallast());
    gauge.setFree(1254 * MIB);
    nextLook();
    assertEquals(ROOMY, disk.stage());
    assertTrue(hasBallast());
    assertEquals("-+", compacting);
  }

  /// What the ballast gave back is not mistaken for room.
  @Test
  void droppingTheBallastDoesNotEndTheStage() {
    gauge.setFree(398 * MIB);
    nextLook();
    gauge.setFree(402 * MIB);
    looks(100);
    assertEquals(FULL, disk.stage());
    assertFalse(hasBallast());
  }

  @Test
  void aGaugeThatFailsChangesNothing() {
    gauge.setFree(300 * MIB);
    nextLook();
    gauge.setBroken(true);
    gauge.setFree(2000 * MIB);
    looks(10);
    assertEquals(FULL, disk.stage());
    gauge.setBroken(false);
    looks(1);
    assertEquals(ROOMY, disk.stage());
  }

  @Test
  void roomIsBroughtBackWhileThereIsLittleButNotAtTheVeryEnd() {
    looks(1000);
    assertEquals(0, reclaims);
    gauge.setFree(900 * MIB);
    nextLook();
    assertEquals(1, reclaims);
    looks(1000);
    assertTrue(reclaims >= 3 && reclaims <= 5, "" + reclaims);
    int before = reclaims;
    gauge.setFree(50 * MIB);
    looks(1000);
    assertEquals(before, reclaims);
  }

  @Test
  void withPlentyOfRoomThereIsALookASecondAndWithLittleThereAreTen() {
    gauge.setFree(1_000_000 * MIB);
    nextLook();
    assertEquals(10, looksIn(10));
    gauge.setFree(999 * MIB);
    nextLook();
    assertEquals(100, looksIn(10));
    gauge.setFree(1_000_000 * MIB);
    nextLook();
    gauge.setBroken(true);
    nextLook();
    assertEquals(100, looksIn(10), "nobody knows how much there is");
  }

  private int looksIn(int seconds) {
    int before = looks;
    loop.advance(seconds * 1_000_000_000L);
    return looks - before;
  }

  /// Whoever writes as fast as disks do gets no further below the first limit than with looks that
  /// are always frequent.
  @Test
  void noPauseIsLongerThanTheRoomLasts() {
    RandomSource random = new RandomSource(1);
    for (int i = 0; i < 1000; i++) {
      long spare = random.nextLong(16_000 * MIB);
      long perSecond = random.nextLong(4_096 * MIB);
      double seconds = DiskKeeper.pauseNanos(ROOMY, spare) / 1e9;
      assertTrue(
          perSecond * seconds <= spare + perSecond * (DiskKeeper.PAUSE_NANOS_MIN / 1e9) + 1,
          () -> spare + " bytes at " + perSecond + " a second last no " + seconds + " s");
    }
    assertEquals(DiskKeeper.PAUSE_NANOS_MIN, DiskKeeper.pauseNanos(ROOMY, 0));
    assertEquals(DiskKeeper.PAUSE_NANOS_MIN, DiskKeeper.pauseNanos(ROOMY, -MIB));
    assertEquals(DiskKeeper.PAUSE_NANOS_MIN, DiskKeeper.pauseNanos(LOW, 9_000_000 * MIB));
    assertEquals(DiskKeeper.PAUSE_NANOS_MAX, DiskKeeper.pauseNanos(ROOMY, 9_000_000 * MIB));
  }

  @Test
  void theMarkIsSyncedEverySecond() {
    for (long free : new long[] {1_000_000 * MIB, 3_800 * MIB, 2_000 * MIB, 900 * MIB}) {
      gauge.setFree(free);
      nextLook();
      int before = syncs;
      loop.advance(10_000_000_000L);
      assertEquals(10, syncs - before);
    }
  }

  @Test
  void itEnds() {
    keeper.stop();
    nextLook();
    assertFalse(loop.hasTimers());
  }

  private boolean hasBallast() {
    return Files.exists(folder.resolve("BALLAST"));
  }
}
