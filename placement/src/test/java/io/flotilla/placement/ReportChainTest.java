package io.flotilla.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.RangeNews.Stretch;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReportChainTest {
  private final TreeSet<RangeId> led = new TreeSet<>();
  private int keyBytes = 8;
  private ReportChain chain = new ReportChain(4, 1 << 20);

  private void leads(long from, long to) {
    for (long id = from; id <= to; id++) {
      led.add(new RangeId(id));
    }
  }

  private RangeReport report(RangeId range) {
    Key start = Key.of(new byte[keyBytes]);
    StoreId store = new StoreId(1);
    RangeDescriptor descriptor =
        new RangeDescriptor(
            range,
            new KeySpan(start, start.next()),
            1,
            List.of(new ReplicaDescriptor(new PeerId(1), store, ReplicaKind.VOTER)));
    return new RangeReport(descriptor, 1, new PeerId(1), 0, RangeSize.UNKNOWN, List.of());
  }

  private RangeNews next() {
    return chain.next(new LedSet(led, this::report));
  }

  private boolean taken(@Nullable Long fullFrom) {
    return chain.answered(reply(true, fullFrom));
  }

  private static Reported reply(boolean taken, @Nullable Long fullFrom) {
    RangeId from = fullFrom == null ? null : new RangeId(fullFrom);
    return new Reported(
        9, taken, from, Timestamp.ZERO, Policy.DEFAULT, 0, List.of(), List.of(), List.of());
  }

  private static List<Long> ids(RangeNews news) {
    return news.led().stream().map(report -> report.range().value()).toList();
  }

  private static Stretch stretch(long from, @Nullable Long end) {
    return new Stretch(new RangeId(from), end == null ? null : new RangeId(end));
  }

  @Test
  void everythingGoesInBoundedPartsThatFollowOneAnother() {
    leads(1, 10);
    RangeNews first = next();
    assertEquals(stretch(1, 5L), first.full());
    assertEquals(List.of(1L, 2L, 3L, 4L), ids(first));
    assertTrue(taken(5L), "at once");
    RangeNews second = next();
    assertEquals(stretch(5, 9L), second.full());
    assertTrue(taken(9L));
    RangeNews third = next();
    assertEquals(stretch(9, null), third.full());
    assertEquals(List.of(9L, 10L), ids(third));
    assertFalse(taken(null));
    assertNull(next().full());
  }

  @Test
  void aLostPartIsSaidAgainAndAnotherLeaderHearsAllFromTheStart() {
    leads(1, 10);
    next();
    taken(5L);
    next();
    chain.lost();
    assertEquals(stretch(5, null).from(), next().full().from());
    chain.lost();
    next();
    assertTrue(chain.answered(reply(false, 1L)), "another leader: at once");
    assertEquals(stretch(1, null).from(), next().full().from());
  }

  @Test
  void changesLeaveRoomForEverything() {
    leads(1, 20);
    led.forEach(chain::changed);
    RangeNews news = next();
    assertEquals(stretch(1, 5L), news.full(), "the changes were among these");
    taken(5L);
    chain.changed(new RangeId(20));
    chain.changed(new RangeId(19));
    chain.changed(new RangeId(18));
    assertEquals(List.of(5L, 6L, 7L, 8L), ids(next()), "changed, and next in the stretch");
  }

  @Test
  void changesThatDoNotFitComeNext() {
    leads(1, 6);
    next();
    taken(null);
    led.forEach(chain::changed);
    assertEquals(List.of(1L, 2L, 3L, 4L), ids(next()));
    assertTrue(taken(null), "at once");
    assertEquals(List.of(5L, 6L), ids(next()));
    assertFalse(taken(null));
  }

  @Test
  void newsAreSaidUntilTheyAreTaken() {
    leads(1, 2);
    next();
    taken(null);
    FailedStep failed =
        new FailedStep(
            new Instruction(new RangeId(1), 1, new Step.RemoveLearner(new PeerId(4))), "no");
    chain.changed(new RangeId(1));
    chain.released(new RangeId(7));
    chain.failed(failed);
    RangeNews news = next();
    assertEquals(List.of(1L), ids(news));
    chain.lost();
    assertEquals(news, next());
    assertTrue(chain.answered(reply(false, null)));
    assertEquals(9, chain.receipt());
    assertEquals(news, next());
    assertFalse(chain.answered(reply(false, null)), "not at once for ever");
    assertEquals(news, next());
    taken(null);
    assertEquals(new RangeNews(null, List.of(), List.of(), List.of()), next());
  }

  @Test
  void whatHappenedMeanwhileCounts() {
    leads(1, 2);
    next();
    taken(null);
    chain.changed(new RangeId(1));
    next();
    led.remove(new RangeId(1));
    chain.released(new RangeId(1));
    chain.lost();
    RangeNews news = next();
    assertEquals(List.of(), ids(news));
    assertEquals(List.of(new RangeId(1)), news.released());
    led.add(new RangeId(1));
    chain.changed(new RangeId(1));
    chain.lost();
    news = next();
    assertEquals(List.of(1L), ids(news));
    assertEquals(List.of(), news.released());
  }

  @Test
  void aReportFitsIntoAFrameHoweverLongTheKeys() {
    chain = new ReportChain();
    keyBytes = 4_096;
    leads(1, 3_000);
    RangeNews news = next();
    StoreReport report = new StoreReport(new StoreId(1), "a", StoreStats.UNKNOWN, 0, 0, news);
    int bytes = PlacementCodec.encode(report).length;
    assertTrue(bytes < RangeNews.BYTES_MAX + 10_000, "got " + bytes);
    assertTrue(bytes > RangeNews.BYTES_MAX / 2, "got " + bytes);
    assertTrue(news.full() != null && news.full().end() != null);
    keyBytes = 8;
    taken(1L);
    assertEquals(RangeNews.RANGES_MAX, next().led().size());
  }

  @Test
  void oneRangeAlwaysGoes() {
    chain = new ReportChain(4, 1);
    leads(1, 2);
    assertEquals(List.of(1L), ids(next()));
    assertTrue(taken(2L));
    assertEquals(List.of(2L), ids(next()));
    assertFalse(taken(null));
  }
}
