package io.flotilla.engine.route;

import static io.flotilla.engine.route.ScriptedWorld.range;
import static io.flotilla.engine.route.ScriptedWorld.store;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.mvcc.FakeRange;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is remembered of ranges: newer wins, nothing overlaps, nothing grows without bound.
class RangeCacheTest {
  private final RangeCache cache = new RangeCache(1000);

  @AfterEach
  void routesDoNotOverlap() {
    List<Route> routes = cache.routes();
    for (int i = 1; i < routes.size(); i++) {
      KeySpan left = routes.get(i - 1).descriptor().span();
      KeySpan right = routes.get(i).descriptor().span();
      assertTrue(!left.overlaps(right), left + " overlaps " + right);
    }
  }

  private String find(String key) {
    Route route = cache.find(FakeRange.key(key));
    return route == null ? "-" : text(route);
  }

  private String findBelow(String end) {
    Route route = cache.findBelow(FakeRange.key(end));
    return route == null ? "-" : text(route);
  }

  private static String text(Route route) {
    return route.descriptor().id() + "@" + route.leader();
  }

  @Test
  void findsTheRangeOfAKeyAndOfTheKeysBelowOne() {
    cache.learn(range(2, "b", "m", 4), store(1));
    cache.learn(range(3, "m", "", 4), store(2));
    assertEquals("- 2@1 2@1 3@2", find("a") + " " + find("b") + " " + find("l") + " " + find("m"));
    assertEquals(
        "- 2@1 2@1 3@2",
        findBelow("b") + " " + findBelow("c") + " " + findBelow("m") + " " + findBelow(""));
    cache.learn(range(4, "q", "r", 9), null);
    assertEquals("- - 4@null", find("m") + " " + findBelow("") + " " + findBelow("r"));
  }

  @Test
  void aSplitReplacesTheWholeAndIsNotUndoneByAnOldWord() {
    cache.learn(range(2, "", "", 3), store(1));
    cache.learn(range(9, "m", "", 4), store(2));
    assertEquals("- 9@2", find("a") + " " + find("x"));
    cache.learn(range(2, "", "", 3), store(1));
    assertEquals("- 9@2", find("a") + " " + find("x"));
    cache.learn(range(2, "", "m", 4), store(1));
    assertEquals("2@1 9@2", find("a") + " " + find("x"));
  }

  @Test
  void leadersAreLearnedAndForgotten() {
    cache.learn(range(2, "", "", 3), null);
    cache.learn(range(2, "", "", 3), store(2));
    cache.learn(range(2, "", "", 3), null);
    assertEquals("2@2", find("a"));
    Route route = cache.routes().getFirst();
    cache.forgetLeader(route, store(1));
    assertEquals("2@2", find("a"));
    cache.forgetLeader(route, store(2));
    assertEquals("2@null", find("a"));
    cache.learn(range(2, "", "", 4), store(3));
    cache.learn(range(2, "", "", 3), store(1));
    assertEquals("2@1", find("a"));
    assertEquals(4, cache.routes().getFirst().descriptor().generation());
    cache.forget(route);
    assertEquals("2@1", find("a"));
    cache.forget(cache.routes().getFirst());
    assertNull(cache.find(FakeRange.key("a")));
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 5000; i++) {
      String start = Integer.toString(10_000 + i);
      String end = Integer.toString(10_001 + i);
      cache.learn(range(10 + i, start, end, 5), store(1));
    }
    assertTrue(cache.routes().size() <= 1100, "routes: " + cache.routes().size());
    assertTrue(cache.routes().size() >= 900, "routes: " + cache.routes().size());
  }

  @Test
  void whateverOrderTheNewsComeInTheNewestStands() {
    RandomSource random = new RandomSource(3);
    for (int round = 0; round < 200; round++) {
      RangeCache fresh = new RangeCache(1000);
      List<RangeDescriptor> current = new ArrayList<>(List.of(range(2, "", "", 1)));
      List<RangeDescriptor> news = new ArrayList<>(current);
      for (int i = 0; i < 12; i++) {
        change(current, news, random, 10 + i);
      }
      for (int i = 0; i < 40; i++) {
        fresh.learn(news.get(random.nextInt(news.size())), null);
      }
      current.forEach(descriptor -> fresh.learn(descriptor, null));
      news.forEach(descriptor -> fresh.learn(descriptor, null));
      assertEquals(
          current.stream().map(RangeDescriptor::id).sorted().toList(),
          fresh.routes().stream().map(route -> route.descriptor().id()).sorted().toList());
      for (RangeDescriptor descriptor : current) {
        Route found = fresh.find(descriptor.span().start());
        assertEquals(descriptor, found == null ? null : found.descriptor());
      }
    }
  }

  private static void change(
      List<RangeDescriptor> current, List<RangeDescriptor> news, RandomSource random, long id) {
    int slot = random.nextInt(current.size());
    RangeDescriptor chosen = current.get(slot);
    Key at = Key.of(new byte[] {(byte) (1 + random.nextInt(250))});
    if (random.oneIn(3) || !chosen.span().canSplitAt(at)) {
      current.set(slot, chosen.withReplicas(chosen.replicas()));
    } else {
      KeySpan span = chosen.span();
      current.set(slot, chosen.withSpan(new KeySpan(span.start(), at)));
      current.add(
          new RangeDescriptor(
              new RangeId(id),
              new KeySpan(at, span.end()),
              chosen.generation() + 1,
              chosen.replicas()));
    }
    news.addAll(current);
  }
}
