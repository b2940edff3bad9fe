package io.flotilla.engine.node;

import static io.flotilla.engine.node.FakeGauges.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.CommandCodec;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.DiskRoomContract;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.store.DiskLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may write what where, by what is known of the stores' disks.
final class StoreDiskTest extends DiskRoomContract {
  private static final StoreId SELF = new StoreId(1);
  private static final StoreId SECOND = new StoreId(2);
  private static final StoreId THIRD = new StoreId(3);
  private static final RangeId RANGE = new RangeId(2);
  private static final DiskLimits LIMITS = new DiskLimits(1000 * MIB, 400 * MIB, 0);
  private static final RangeDescriptor ALONE = range(1);
  private static final RangeDescriptor THREE = range(3);

  private long nanos;
  private final StoreDisk disk = new StoreDisk(SELF, LIMITS, clock());

  @Override
  protected DiskRoom room() {
    return disk;
  }

  @Override
  protected void found(DiskStage stage) {
    disk.set(stage, stage == DiskStage.ROOMY ? 5000 * MIB : 9 * MIB, 0);
  }

  @Override
  protected void told(StoreId other, boolean isFull) {
    disk.setFull(isFull ? List.of(other) : List.of());
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public long nanos() {
        return nanos;
      }

      @Override
      public long wallMillis() {
        return 0;
      }
    };
  }

  private static RangeDescriptor range(int replicas) {
    List<ReplicaDescriptor> all = new ArrayList<>();
    for (int i = 1; i <= replicas; i++) {
      all.add(new ReplicaDescriptor(new PeerId(i), new StoreId(i), ReplicaKind.VOTER));
    }
    return new RangeDescriptor(RANGE, KeySpan.ALL, 4, all);
  }

  @Test
  void withRoomEverythingIsTaken() {
    disk.set(DiskStage.ROOMY, 5000 * MIB, 0);
    assertNull(disk.refusal(ALONE, true));
    assertNull(disk.refusal(THREE, true));
    assertTrue(disk.takes(RANGE, put()));
    assertTrue(disk.takesSnapshot(2000 * MIB));
    assertFalse(disk.takesSnapshot(2001 * MIB));
    assertFalse(disk.isScarce());
  }

  @Test
  void anotherStageIsTold() {
    List<DiskStage> told = new ArrayList<>();
    disk.onStage(() -> told.add(disk.stage()));
    disk.set(DiskStage.ROOMY, 5000 * MIB, 0);
    disk.set(DiskStage.LOW, 900 * MIB, 0);
    disk.set(DiskStage.LOW, 800 * MIB, 0);
    disk.set(DiskStage.ROOMY, 5000 * MIB, 0);
    assertEquals(List.of(DiskStage.LOW, DiskStage.ROOMY), told);
  }

  @Test
  void aLowDiskRefusesWhatAddsData() {
    disk.set(DiskStage.LOW, 900 * MIB, 0);
    assertEquals(new Refusal.DiskFull(SELF, 900 * MIB, 1250 * MIB, 0), disk.refusal(ALONE, true));
    assertNull(disk.refusal(ALONE, false));
    assertTrue(disk.takes(RANGE, put()));
    assertFalse(disk.takesSnapshot(1));
    disk.set(DiskStage.EXHAUSTED, 9 * MIB, 0);
    assertEquals(new Refusal.DiskFull(SELF, 9 * MIB, 1250 * MIB, 0), disk.refusal(ALONE, false));
  }

  @Test
  void whoIsRefusedWaitsOnlyIfAnotherStoreMayLead() {
    disk.set(DiskStage.LOW, 900 * MIB, 0);
    assertEquals(0, retryMillis(disk.refusal(THREE, true)), "nothing is known of the others");
    disk.setFull(List.of(SELF, SECOND));
    assertTrue(retryMillis(disk.refusal(THREE, true)) > 0);
    assertEquals(0, retryMillis(disk.refusal(ALONE, true)));
    disk.setFull(List.of(SELF, SECOND, THIRD));
    assertEquals(0, retryMillis(disk.refusal(THREE, true)));
  }

  @Test
  void aWriteThatOnlyAMinorityHasRoomForIsRefused() {
    disk.setFull(List.of(THIRD));
    assertNull(disk.refusal(THREE, true));
    disk.setFull(List.of(SECOND, THIRD));
    assertEquals(new Refusal.DiskFull(THIRD, -1, -1, 0), disk.refusal(THREE, true));
    assertNull(disk.refusal(THREE, false));
    assertNull(disk.refusal(ALONE, true));
  }

  @Test
  void oldNewsOfOthersCountForNothing() {
    disk.setFull(List.of(SECOND, THIRD));
    assertTrue(disk.isFull(SECOND) && disk.knowsOthers());
    nanos += 20_000_000_000L;
    assertNull(disk.refusal(THREE, true));
    assertFalse(disk.isFull(SECOND) || disk.knowsOthers());
  }

  @Test
  void aFullDiskTakesOnlyWhatAddsNothingAndWhatWasUnderWay() {
    disk.set(DiskStage.FULL, 300 * MIB, 0);
    assertTrue(disk.takes(RANGE, delete()));
    assertTrue(disk.takes(RangeDescriptor.PLACEMENT, put()));
    assertTrue(disk.takes(RANGE, new Entry(1, 1, EntryKind.NOOP, new byte[0])));
    assertTrue(disk.takes(RANGE, new Entry(1, 1, EntryKind.COMMAND, new byte[] {77})));
    int taken = 0;
    while (disk.takes(RANGE, put())) {
      taken++;
    }
    long bytes = (long) taken * put().bytes();
    assertTrue(bytes > 99 * MIB && bytes <= 100 * MIB, "a quarter of 400 MiB: " + bytes);
    assertTrue(disk.takes(RANGE, delete()));
    disk.set(DiskStage.LOW, 600 * MIB, 0);
    disk.set(DiskStage.EXHAUSTED, 3 * MIB, 0);
    assertFalse(disk.takes(RANGE, put()));
    assertTrue(disk.takes(RANGE, delete()));
    disk.set(DiskStage.FULL, 300 * MIB, 0);
    assertTrue(disk.takes(RANGE, put()));
  }

  @Test
  void theHeirIsTheUpToDateVoterWithRoom() {
    assertEquals(Optional.of(THIRD), heir(Set.of(), 5, 7));
    assertEquals(Optional.of(SECOND), heir(Set.of(THIRD), 5, 7));
    assertEquals(Optional.empty(), heir(Set.of(SECOND, THIRD), 5, 7));
  }

  private static Optional<StoreId> heir(Set<StoreId> full, long second, long third) {
    List<FollowerStatus> followers =
        List.of(
            new FollowerStatus(
                new PeerId(2), second, second + 1, FollowerStatus.Mode.STREAMING, true),
            new FollowerStatus(
                new PeerId(3), third, third + 1, FollowerStatus.Mode.STREAMING, true));
    ReplicaStatus replica =
        new ReplicaStatus(
            RANGE,
            new PeerId(1),
            THREE,
            RoleKind.LEADER,
            3,
            SELF,
            9,
            9,
            true,
            true,
            false,
            RangeSize.UNKNOWN,
            0,
            followers,
            null,
            0);
    return DiskHandOver.heirOf(replica, SELF, full::contains);
  }

  private static long retryMillis(Refusal refusal) {
    return ((Refusal.DiskFull) refusal).retryAfterMillis();
  }

  @Override
  protected Entry put() {
    byte[] value = new byte[100_000];
    value[0] = 1;
    return entry(value);
  }

  @Override
  protected Entry delete() {
    return entry(new byte[] {0});
  }

  private static Entry entry(byte[] stored) {
    byte[] key = StateLayout.versionKey(new byte[] {'k'}, 7);
    byte[] payload =
        CommandCodec.encode(
            new WriteCommand(List.of(new StateWrite(key, stored), new StateWrite(key, null))));
    return new Entry(1, 1, EntryKind.COMMAND, payload);
  }
}
