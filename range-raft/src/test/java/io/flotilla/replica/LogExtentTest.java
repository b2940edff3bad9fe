package io.flotilla.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryKind;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogExtentTest {
  private static final int MARK_BYTES = 16 << 10;

  /// Against the naive twin that remembers the size of every entry.
  @Test
  void itIsNeverOffByMoreThanAMarkAtEachEnd() {
    RandomSource random = new RandomSource(7);
    for (int round = 0; round < 200; round++) {
      LogExtent extent = new LogExtent(10, 10);
      List<Integer> twin = new ArrayList<>();
      long compacted = 10;
      for (int step = 0; step < 200; step++) {
        long last = compacted + twin.size();
        if (random.oneIn(10) && !twin.isEmpty()) {
          int drop = 1 + random.nextInt(twin.size());
          twin.subList(0, drop).clear();
          compacted += drop;
          extent.onCompacted(compacted);
        } else {
          long at = random.oneIn(10) ? compacted + 1 + random.nextInt(twin.size() + 1) : last + 1;
          Entry entry = new Entry(1, at, EntryKind.COMMAND, new byte[random.nextInt(3_000)]);
          extent.onAppended(List.of(entry));
          twin.subList((int) (at - compacted - 1), twin.size()).clear();
          twin.add(entry.bytes());
        }
        assertEquals(compacted + twin.size(), extent.lastIndex());
        long truth = twin.stream().mapToLong(each -> each).sum();
        assertTrue(
            Math.abs(truth - extent.bytes()) <= 2 * MARK_BYTES, truth + " " + extent.bytes());
      }
    }
  }

  @Test
  void anEmptyLogHasNoBytes() {
    LogExtent extent = new LogExtent(10, 10);
    assertEquals(0, extent.bytes());
    assertEquals(10, extent.indexLeaving(100));
  }

  @Test
  void theTailThatIsLeftHasAboutTheBytesAskedFor() {
    LogExtent extent = new LogExtent(0, 0);
    for (int i = 1; i <= 1_000; i++) {
      extent.onAppended(List.of(new Entry(1, i, EntryKind.COMMAND, new byte[1_000])));
    }
    long index = extent.indexLeaving(100_000);
    long left = extent.bytesAfter(index);
    assertTrue(left <= 100_000 && left >= 100_000 - 2 * MARK_BYTES, "left " + left);
    assertEquals(0, extent.indexLeaving(10_000_000));
  }
}
