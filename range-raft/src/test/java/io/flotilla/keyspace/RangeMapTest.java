package io.flotilla.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.spi.RandomSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RangeMapTest {
  @Test
  void doesWhatATreeMapDoes() {
    for (int seed = 0; seed < 50; seed++) {
      RandomSource random = new RandomSource(seed);
      int ids = 1 + random.nextInt(300);
      Map<RangeId, Integer> expected = new TreeMap<>();
      RangeMap<Integer> map = new RangeMap<>();
      for (int i = 0; i < 3000; i++) {
        RangeId range = new RangeId(1 + random.nextInt(ids));
        if (random.oneIn(2)) {
          assertEquals(expected.put(range, i), map.put(range, i), "put, seed " + seed);
        } else {
          assertEquals(expected.remove(range), map.remove(range), "remove, seed " + seed);
        }
        RangeId other = new RangeId(1 + random.nextInt(ids));
        assertEquals(expected.get(other), map.get(other), "get, seed " + seed);
        assertEquals(expected.containsKey(other), map.contains(other), "contains, seed " + seed);
        assertEquals(expected.size(), map.size(), "size, seed " + seed);
      }
      List<Integer> walked = map.values().stream().sorted().toList();
      assertEquals(expected.values().stream().sorted().toList(), walked, "walk, seed " + seed);
    }
  }
}
