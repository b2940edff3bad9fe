package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RangeLineTest {
  private final RangeLine<String> line = new RangeLine<>();

  @Test
  void whoeverCameFirstGoesFirst() {
    add(7, "a");
    add(3, "b");
    add(7, "c");
    add(5, "d");
    assertEquals(List.of("a", "c", "b", "d"), line.all());
    assertEquals("a", line.poll());
    assertEquals("c", line.poll());
    assertEquals("b", line.poll());
    assertEquals("d", line.poll());
    assertNull(line.poll());
    assertTrue(line.isEmpty());
  }

  @Test
  void allOfARangeGoAtOnce() {
    add(7, "a");
    add(3, "b");
    add(7, "c");
    line.removeAll(new RangeId(7));
    line.removeAll(new RangeId(9));
    assertEquals(List.of("b"), line.all());
    add(7, "d");
    assertEquals(List.of("b", "d"), line.all());
    line.clear();
    assertTrue(line.isEmpty());
  }

  private void add(long range, String text) {
    line.add(new RangeId(range), text);
  }
}
