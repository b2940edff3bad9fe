package io.flotilla.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SortedTableTest {
  private record Named(RangeId id, int value) {}

  @Test
  void doesWhatATreeMapDoes() {
    for (int seed = 0; seed < 60; seed++) {
      RandomSource random = new RandomSource(seed);
      int ids = 1 + random.nextInt(1000);
      int puts = 1 + random.nextInt(4);
      TreeMap<RangeId, Named> expected = new TreeMap<>();
      SortedTable<RangeId, Named> table = new SortedTable<>(Named::id);
      for (int i = 0; i < 4000; i++) {
        RangeId range = new RangeId(1 + random.nextInt(ids));
        if (random.nextInt(5) < puts) {
          Named named = new Named(range, i);
          assertEquals(expected.put(range, named), table.put(named), "put, seed " + seed);
        } else {
          assertEquals(expected.remove(range), table.remove(range), "remove, seed " + seed);
        }
        RangeId other = new RangeId(1 + random.nextInt(ids));
        assertEquals(expected.get(other), table.get(other), "get, seed " + seed);
        Map.Entry<RangeId, Named> floor = expected.floorEntry(other);
        assertEquals(floor == null ? null : floor.getValue(), table.floor(other), "seed " + seed);
        assertEquals(expected.size(), table.size(), "size, seed " + seed);
        assertEquals(expected.isEmpty(), table.isEmpty(), "empty, seed " + seed);
        if (i % 100 == 0) {
          assertEquals(
              List.copyOf(expected.tailMap(other, true).values()),
              walk(table.from(other)),
              "from, seed " + seed);
        }
      }
      assertEquals(List.copyOf(expected.values()), walk(table.all()), "all, seed " + seed);
    }
  }

  @Test
  void whatComesInOrderFillsItsBlocks() {
    SortedTable<RangeId, RangeId> table = new SortedTable<>(id -> id);
    for (int i = 1; i <= 6400; i++) {
      table.put(new RangeId(i));
    }
    assertEquals(6400, table.size());
    assertTrue(table.slots() == 6400, "slots: " + table.slots());
  }

  private static <V> List<V> walk(Iterable<V> values) {
    List<V> all = new ArrayList<>();
    values.forEach(all::add);
    return all;
  }
}
