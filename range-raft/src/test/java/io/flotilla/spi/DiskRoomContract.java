package io.flotilla.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import org.junit.jupiter.api.Test;

/// What every [DiskRoom] allows at the stages that leave it no choice: one that is full may still
/// take what was under way.
public abstract class DiskRoomContract {
  private static final RangeId RANGE = new RangeId(2);
  private static final StoreId SECOND = new StoreId(2);
  private static final StoreId THIRD = new StoreId(3);

  protected abstract DiskRoom room();

  /// A look at the disk found it so.
  protected abstract void found(DiskStage stage);

  /// Others are known to be full, or not to be.
  protected abstract void told(StoreId other, boolean isFull);

  /// A command that adds data.
  protected abstract Entry put();

  /// A command that adds none.
  protected abstract Entry delete();

  @Test
  void itSaysTheStageThatWasFound() {
    assertEquals(DiskStage.ROOMY, room().stage());
    for (DiskStage stage : DiskStage.values()) {
      found(stage);
      assertEquals(stage, room().stage());
    }
  }

  @Test
  void withRoomEverythingGoes() {
    found(DiskStage.ROOMY);
    assertTrue(room().takes(RANGE, put()));
    assertTrue(room().takes(RANGE, delete()));
    assertTrue(room().takesSnapshot(1));
  }

  @Test
  void aLowDiskTakesEntriesButNoSnapshots() {
    found(DiskStage.LOW);
    assertTrue(room().takes(RANGE, put()));
    assertTrue(room().takes(RANGE, delete()));
    assertFalse(room().takesSnapshot(1));
  }

  @Test
  void anExhaustedDiskTakesWhatAddsNothing() {
    found(DiskStage.EXHAUSTED);
    assertFalse(room().takes(RANGE, put()));
    assertTrue(room().takes(RANGE, delete()));
    assertTrue(room().takes(RANGE, new Entry(1, 1, EntryKind.NOOP, new byte[0])));
    assertFalse(room().takesSnapshot(1));
  }

  @Test
  void whenThereIsRoomAgainEverythingGoes() {
    found(DiskStage.EXHAUSTED);
    assertFalse(room().takes(RANGE, put()));
    found(DiskStage.ROOMY);
    assertTrue(room().takes(RANGE, put()));
    assertTrue(room().takesSnapshot(1));
  }

  @Test
  void otherStoresAreFullWhileThatIsKnown() {
    assertFalse(room().isFull(SECOND));
    told(SECOND, true);
    assertTrue(room().isFull(SECOND));
    assertFalse(room().isFull(THIRD));
    assertEquals(DiskStage.ROOMY, room().stage());
    told(SECOND, false);
    assertFalse(room().isFull(SECOND));
  }
}
