package io.flotilla.placement.directory;

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
import io.flotilla.placement.PlacementReply.Fleet;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementRequest.FleetStatus;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.RangeNews;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.StoreStats;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A store's chain of reports as the placement leader takes it in: in parts, with copies that come
/// late.
class ReportsTest {
  private final MachineBench bench = new MachineBench();

  @BeforeEach
  void lead() {
    bench.lead();
    bench.register(1);
    assertFalse(bench.report().taken(), "it cannot know the receipt yet");
  }

  /// A range that has the keys that begin with its id.
  private static RangeReport range(long id, long generation) {
    Key start = Key.of(new byte[] {(byte) id});
    Key end = Key.of(new byte[] {(byte) (id + 1)});
    return new RangeReport(
        new RangeDescriptor(
            new RangeId(id),
            new KeySpan(start, end),
            generation,
            List.of(new ReplicaDescriptor(new PeerId(1), new StoreId(1), ReplicaKind.VOTER))),
        1,
        new PeerId(1),
        0,
        RangeSize.UNKNOWN,
        List.of());
  }

  private static RangeNews part(long from, @Nullable Long end, long... led) {
    Stretch stretch = new Stretch(new RangeId(from), end == null ? null : new RangeId(end));
    List<RangeReport> reports = Arrays.stream(led).mapToObj(id -> range(id, 1)).toList();
    return new RangeNews(stretch, reports, List.of(), List.of());
  }

  private static RangeNews released(long id) {
    return new RangeNews(null, List.of(), List.of(new RangeId(id)), List.of());
  }

  private static RangeNews led(long id) {
    return new RangeNews(null, List.of(range(id, 1)), List.of(), List.of());
  }

  private Fleet fleet() {
    return bench.ask(new FleetStatus()).as(Fleet.class);
  }

  @Test
  void everythingIsKnownWhenThePartsReachTheEnd() {
    assertEquals(new RangeId(4), bench.report(part(1, 4L, 2, 3)).fullFrom());
    assertFalse(fleet().complete());
    assertEquals(new RangeId(4), bench.report(part(1, 3L, 2)).fullFrom(), "said once more");
    assertEquals(new RangeId(4), bench.report(part(5, null, 6)).fullFrom(), "a hole");
    assertNull(bench.report(part(3, null, 3, 5, 6)).fullFrom());
    assertTrue(fleet().complete());
    assertEquals(4, fleet().ranges());
    assertEquals(0, fleet().leaderless());
  }

  @Test
  void aPartSpeaksForItsStretchAlone() {
    bench.report(part(1, null, 2, 3, 5, 6));
    bench.report(part(3, 6L, 3));
    assertEquals(1, fleet().leaderless(), "5, which the part does not name");
  }

  @Test
  void aCopyThatComesLateUndoesNothing() {
    bench.report(part(1, null, 2, 3));
    Reported before = bench.report(released(3));
    StoreReport copy =
        new StoreReport(
            new StoreId(1),
            "host:a",
            new StoreStats(1 << 30, 0, 0),
            0,
            before.receipt(),
            released(2));
    bench.report(released(2));
    assertEquals(2, fleet().leaderless());
    bench.report(led(2));
    assertEquals(1, fleet().leaderless());
    Reported late = bench.ask(copy).as(Reported.class);
    assertFalse(late.taken());
    assertEquals(1, fleet().leaderless(), "2 is led again, whatever the copy says");
  }

  /// Its reply was lost, and it goes on from the receipt before: it is told the newest one.
  @Test
  void whoMissedAReplyIsTakenInTheTimeAfter() {
    Reported seen = bench.report(part(1, null, 2));
    StoreStats stats = new StoreStats(1 << 30, 0, 0);
    StoreReport next =
        new StoreReport(new StoreId(1), "host:a", stats, 0, seen.receipt(), released(2));
    assertTrue(bench.ask(next).as(Reported.class).taken());
    Reported again = bench.ask(next).as(Reported.class);
    assertFalse(again.taken());
    StoreReport third =
        new StoreReport(new StoreId(1), "host:a", stats, 0, again.receipt(), led(2));
    assertTrue(bench.ask(third).as(Reported.class).taken());
    assertEquals(0, fleet().leaderless());
  }

  /// Part of what it reported could not be taken in: it comes to the end first, then says all
  /// again.
  @Test
  void doubtDoesNotKeepAStoreAtTheFirstPart() {
    bench.report(part(1, null, 2));
    bench.register(1);
    RangeReport wide = range(3, 1);
    RangeReport older =
        new RangeReport(
            new RangeDescriptor(
                new RangeId(9), wide.descriptor().span(), 1, wide.descriptor().replicas()),
            1,
            new PeerId(1),
            0,
            RangeSize.UNKNOWN,
            List.of());
    bench.report(led(3));
    Stretch first = new Stretch(new RangeId(1), new RangeId(10));
    Reported reply =
        bench.report(
            new RangeNews(first, List.of(range(2, 1), range(3, 1), older), List.of(), List.of()));
    assertEquals(new RangeId(10), reply.fullFrom());
    assertEquals(1, bench.events(PlacementEvent.OverlapRefused.class).size());
    assertEquals(new RangeId(1), bench.report(part(10, null)).fullFrom());
    assertNull(bench.report(part(1, null, 2, 3)).fullFrom());
  }

  @Test
  void aStoreThatRegistersAnewReportsAnew() {
    assertNull(bench.report(part(1, null, 2)).fullFrom());
    bench.register(1);
    assertEquals(new RangeId(1), bench.report(led(2)).fullFrom());
  }
}
