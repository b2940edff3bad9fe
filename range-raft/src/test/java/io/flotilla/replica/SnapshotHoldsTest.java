package io.flotilla.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SnapshotHoldsTest {
  private static final PeerId LEARNER = new PeerId(7);
  private static final int ENTRY_BYTES = 1 << 20;
  private static final long SNAPSHOT_BYTES = 300L << 20;

  private final ReplicaOptions options = ReplicaOptions.DEFAULT;
  private final LogExtent extent = new LogExtent(100, 100);
  private final SnapshotHolds holds = new SnapshotHolds();
  private long last = 100;

  @Test
  void theLogAfterTheCutIsKeptWhileTheSnapshotTravels() {
    holds.begin(LEARNER, 100, SNAPSHOT_BYTES);
    write(50);

    assertEquals(100, floor(0, Mode.SNAPSHOTTING));
    assertFalse(holds.mayRest());
  }

  /// Otherwise it would need the next snapshot as soon as it has this one.
  @Test
  void afterTheSnapshotItIsKeptUntilTheFollowerHasCaughtUp() {
    holds.begin(LEARNER, 100, SNAPSHOT_BYTES);
    write(50);
    holds.arrived(LEARNER);

    assertEquals(100, floor(0, Mode.PROBING));
    assertEquals(120, floor(120, Mode.STREAMING));
    assertEquals(-1, floor(140, Mode.STREAMING));
    assertTrue(holds.mayRest());
  }

  @Test
  void asMuchLogAsTheSnapshotHasBytesIsNotTooMuch() {
    holds.begin(LEARNER, 100, SNAPSHOT_BYTES);
    write(299);
    assertEquals(100, floor(0, Mode.SNAPSHOTTING));

    write(3);
    assertEquals(-1, floor(0, Mode.SNAPSHOTTING));
  }

  /// Nothing that is gone can be kept: the follower needs another snapshot whatever is left.
  @Test
  void aHoldThatWasGivenUpHoldsNothingMore() {
    holds.begin(LEARNER, 100, 0);
    write(257);
    assertEquals(-1, floor(0, Mode.SNAPSHOTTING));

    extent.onCompacted(last);
    assertEquals(-1, floor(0, Mode.SNAPSHOTTING));
  }

  @Test
  void aSnapshotThatFailedHoldsNothing() {
    holds.begin(LEARNER, 100, SNAPSHOT_BYTES);
    holds.release(LEARNER);

    assertEquals(-1, floor(0, Mode.PROBING));
    assertTrue(holds.mayRest());
  }

  private long floor(long match, Mode mode) {
    FollowerStatus follower = new FollowerStatus(LEARNER, match, match + 1, mode, true);
    return holds.floor(follower, 100, extent, options);
  }

  private void write(int entries) {
    for (int i = 0; i < entries; i++) {
      last++;
      extent.onAppended(List.of(new Entry(1, last, EntryKind.COMMAND, new byte[ENTRY_BYTES])));
    }
  }
}
