package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StatusBoardTest {
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
        assertEquals(newer, board.since(since), "seed " + seed + ", since " + since);
      }
    }
  }
}
