package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.mvcc.HotKeys.Known;
import io.flotilla.engine.mvcc.HotKeys.Reign;
import io.flotilla.keyspace.Key;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import org.junit.jupiter.api.Test;

/// Values kept in the heap: bounded, and never other than what the state has.
class HotKeysTest {
  private final Reign reign = new Reign();
  private final HotKeys hotKeys = new HotKeys(1000);
  private final Bench bench = new Bench();

  private static Key key(int number) {
    return Bench.key("k" + number);
  }

  @Test
  void theLeastRecentlyReadGoesFirst() {
    for (int i = 0; i < 3; i++) {
      hotKeys.keep(key(i), new byte[100], reign);
    }
    assertNotNull(hotKeys.find(key(0), reign));
    hotKeys.keep(key(3), new byte[100], reign);
    assertNotNull(hotKeys.find(key(0), reign));
    assertNull(hotKeys.find(key(1), reign));
    assertEquals(3, hotKeys.size());
  }

  @Test
  void anotherReignKnowsNothing() {
    hotKeys.keep(key(1), new byte[1], reign);
    Reign next = new Reign();
    assertNull(hotKeys.find(key(1), next));
    assertFalse(hotKeys.remove(key(1), next));
    hotKeys.keep(key(1), null, next);
    Known known = hotKeys.find(key(1), next);
    assertNotNull(known);
    assertNull(known.value());
    assertTrue(hotKeys.remove(key(1), next));
    assertEquals(0, hotKeys.size());
  }

  @Test
  void whatIsHandedOutIsACopy() {
    byte[] value = {1, 2};
    hotKeys.keep(key(1), value, reign);
    Known first = hotKeys.find(key(1), reign);
    assertNotNull(first);
    assertNotNull(first.value());
    first.value()[0] = 9;
    Known second = hotKeys.find(key(1), reign);
    assertNotNull(second);
    assertArrayEquals(new byte[] {1, 2}, second.value());
  }

  @Test
  void whatIsTooLargeIsNotKept() {
    hotKeys.keep(key(1), new byte[1], reign);
    hotKeys.keep(key(1), new byte[2000], reign);
    assertEquals(0, hotKeys.size());
    HotKeys none = new HotKeys(0);
    none.keep(key(1), null, reign);
    assertEquals(0, none.size());
  }

  @Test
  void aHotKeyStaysHotAcrossWritesAndColdDatabases() {
    bench.put("a", "1");
    bench.settle();
    assertEquals("1", bench.get("a").toString());
    bench.state.setCold(true);
    assertEquals("1", bench.get("a").toString());
    bench.put("a", "2");
    bench.put("a", "3");
    bench.settle();
    assertEquals("3", bench.get("a").toString());
    Bench.Answer swap = bench.cas("a", "3", "4");
    bench.draw();
    bench.range.applyAll();
    assertEquals("swapped", swap.toString());
    bench.delete("a");
    bench.settle();
    assertEquals("none", bench.get("a").toString());
  }

  @Test
  void aWriteUnderWayMakesTheStateBeAsked() {
    bench.put("a", "1");
    bench.settle();
    assertEquals("1", bench.get("a").toString());
    bench.put("a", "2");
    bench.draw();
    bench.range.applyToState();
    assertEquals("2", bench.get("a").toString());
    assertEquals("[2]", bench.multiGet(Long.MAX_VALUE, "a").toString());
    bench.range.tell();
    bench.state.setCold(true);
    assertEquals("2", bench.get("a").toString());
  }

  @Test
  void neitherLeadershipNorSpanIsOutlived() {
    bench.put("a", "1");
    bench.settle();
    bench.get("a");
    bench.state.setCold(true);
    bench.machine.onDescriptor(bench.range.descriptor());
    assertEquals("-", bench.get("a").toString());
    bench.state.setCold(false);
    bench.settle();
    assertEquals("1", bench.get("a").toString());
    bench.put("a", "2");
    bench.draw();
    bench.machine.onLeadershipLost();
    bench.range.lose(1, new ProposalOutcome.Unknown("superseded"));
    bench.machine.onLeadership(2);
    assertEquals("2", bench.get("a").toString());
  }
}
