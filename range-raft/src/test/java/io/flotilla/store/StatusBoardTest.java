package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StatusBoardTest {
  /// Nothing is missed, whatever changes between two pages.
  @Test
  void aReaderOfPagesHearsOfEveryChange() {
    RandomSource random = new RandomSource(7);
    StatusBoard board = new StatusBoard();
    Map<RangeId, Long> heard = new LinkedHashMap<>();
    Map<RangeId, Long> changed = new LinkedHashMap<>();
    long since = 0;
    for (int page = 0; page < 300; page++) {
      for (int i = random.nextInt(page < 200 ? 30 : 1); i > 0; i--) {
        RangeId range = new RangeId(1 + random.nextInt(50));
        board.changed(range);
        changed.put(range, board.version());
      }
      long reached = board.reached(since, 10);
      List<RangeId> ranges = board.between(since, reached);
      assertTrue(ranges.size() <= 10, "a page has " + ranges.size());
      ranges.forEach(range -> heard.put(range, reached));
      since = reached;
    }
    assertEquals(board.version(), since);
    changed.forEach((range, at) -> assertTrue(heard.get(range) >= at, range + " changed at " + at));
  }

  @Test
  void tellsWhatChangedSinceInTheOrderOfTheLastChanges() {
    for (int seed = 0; seed < 20; seed++) {
      RandomSource random = new RandomSource(seed);
      int ids = 1 + random.nextInt(60);
      StatusBoard board = new StatusBoard();
      Map<RangeId, Long> expected = new LinkedHashMap<>();
      for (int i = 0; i < 1000; i++) {
        RangeId range = new RangeId(1 + random.nextInt(ids));
        board.changed(range);
        expected.remove(range);
        expected.put(range, board.version());
        long since = random.nextInt((int) board.version() + 1);
        List<RangeId> newer = new ArrayList<>();
        expected.forEach((id, at) -> {
          if (at > since) {
            newer.add(id);
          }
        });
        assertEquals(
            newer, board.between(since, board.version()), "seed " + seed + ", since " + since);
      }
    }
  }
}
