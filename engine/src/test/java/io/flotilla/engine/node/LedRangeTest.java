package io.flotilla.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.engine.mvcc.FakeRange;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.ReplicaStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Of which changes of a range the driver hears: always, or only if it watches the range.
class LedRangeTest {
  private static final Seen FIRST = new Seen(1, 5, 100, new RangeSize(8_000, 1), 100, true);

  /// What a store sees of a range that it leads with one follower.
  private record Seen(
      long generation, long term, long committed, RangeSize size, long match, boolean active) {

    LedRange led() {
      RangeDescriptor descriptor = FakeRange.descriptor(2, "a", "b", generation);
      FollowerStatus follower =
          new FollowerStatus(
              new PeerId(2), match, match + 1, FollowerStatus.Mode.STREAMING, active);
      return new LedRange(
          descriptor,
          new ReplicaStatus(
              descriptor.id(),
              new PeerId(1),
              descriptor,
              RoleKind.LEADER,
              term,
              new StoreId(1),
              committed,
              committed,
              true,
              true,
              false,
              size,
              0,
              List.of(follower),
              null,
              0));
    }
  }

  private enum News {
    NEVER,
    WATCHED,
    ALWAYS
  }

  private static void assertNews(News expected, Seen now) {
    LedRange before = FIRST.led();
    assertEquals(FIRST.generation(), before.report().generation(), "the driver was told");
    assertEquals(expected == News.ALWAYS, now.led().isNewsAfter(before, false), () -> "" + now);
    assertEquals(expected != News.NEVER, now.led().isNewsAfter(before, true), () -> "" + now);
  }

  @Test
  void nothingNewIsNoNews() {
    assertNews(News.NEVER, new Seen(1, 5, 100, new RangeSize(8_000, 1), 100, true));
  }

  @Test
  void stepsAreNewsOfWhatIsWatched() {
    assertNews(News.WATCHED, new Seen(1, 5, 101, new RangeSize(8_000, 1), 100, true));
    assertNews(News.WATCHED, new Seen(1, 5, 101, new RangeSize(8_000, 1), 101, true));
    assertNews(News.WATCHED, new Seen(1, 5, 100, new RangeSize(8_000, 1), 99, true));
    assertNews(News.WATCHED, new Seen(1, 5, 100, new RangeSize(9_000, 1), 100, true));
  }

  @Test
  void anotherTermSizeDescriptorOrActivityIsNews() {
    assertNews(News.ALWAYS, new Seen(2, 5, 100, new RangeSize(8_000, 1), 100, true));
    assertNews(News.ALWAYS, new Seen(1, 6, 100, new RangeSize(8_000, 1), 100, true));
    assertNews(News.ALWAYS, new Seen(1, 5, 100, new RangeSize(8_000, 1), 100, false));
    assertNews(News.ALWAYS, new Seen(1, 5, 100, new RangeSize(9_001, 1), 100, true));
    assertNews(News.ALWAYS, new Seen(1, 5, 100, new RangeSize(8_000, 2), 100, true));
  }

  /// Each is compared with what the driver was told, not with the one before.
  @Test
  void smallStepsOfTheSizeAddUp() {
    LedRange range = FIRST.led();
    range.report();
    for (int bytes = 8_250; bytes <= 9_000; bytes += 250) {
      LedRange next = new Seen(1, 5, 100, new RangeSize(bytes, 1), 100, true).led();
      assertEquals(false, next.isNewsAfter(range, false));
      range = next;
    }
    LedRange grown = new Seen(1, 5, 100, new RangeSize(9_250, 1), 100, true).led();
    assertEquals(true, grown.isNewsAfter(range, false));
  }
}
