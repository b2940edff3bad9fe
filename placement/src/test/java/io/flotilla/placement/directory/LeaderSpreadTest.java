package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.RangeNews;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.Step.TransferLeader;
import io.flotilla.placement.StoreStats;
import io.flotilla.placement.check.LeaderLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// How soon leaderships go on moving when those under way have moved, with stores that report one
/// after the other.
class LeaderSpreadTest {
  private static final int STORES = 3;
  private static final int RANGES = 300;
  private static final int AT_ONCE = LeaderLimits.DEFAULT.movingMax();

  private final MachineBench bench = new MachineBench();
  private final long[] receipts = new long[STORES + 1];

  private Reported report(long store, RangeNews news) {
    StoreReport report =
        new StoreReport(
            new StoreId(store),
            "host:a",
            new StoreStats(1 << 30, 0, RANGES),
            0,
            receipts[(int) store],
            news);
    Reported reply = bench.ask(report).as(Reported.class);
    receipts[(int) store] = reply.receipt();
    return reply;
  }

  private static RangeNews led(List<RangeReport> led) {
    return new RangeNews(null, led, List.of(), List.of());
  }

  private static RangeNews released(List<RangeId> released) {
    return new RangeNews(null, List.of(), released, List.of());
  }

  private static RangeReport range(long id, long leader, long term) {
    List<ReplicaDescriptor> replicas =
        LongStream.rangeClosed(1, STORES)
            .mapToObj(store ->
                new ReplicaDescriptor(new PeerId(store), new StoreId(store), ReplicaKind.VOTER))
            .toList();
    KeySpan span = new KeySpan(key(id), key(id + 1));
    return new RangeReport(
        new RangeDescriptor(new RangeId(id), span, 1, replicas),
        term,
        new PeerId(leader),
        0,
        RangeSize.UNKNOWN,
        List.of());
  }

  private static Key key(long id) {
    return Key.of(new byte[] {(byte) (id >> 8), (byte) id});
  }

  /// Store 1 leads all, and long enough has gone by for the others to be given some.
  private void begin() {
    bench.lead();
    List<RangeReport> all = new ArrayList<>();
    for (int id = 2; id < RANGES + 2; id++) {
      all.add(range(id, 1, 1));
    }
    for (int store = 1; store <= STORES; store++) {
      bench.register(store);
      RangeNews nothing = new RangeNews(Stretch.ALL, List.of(), List.of(), List.of());
      report(store, nothing);
      report(store, store == 1 ? new RangeNews(Stretch.ALL, all, List.of(), List.of()) : nothing);
    }
    for (int second = 0; second < 40; second++) {
      bench.range.advance(1_000);
      for (int store = STORES; store >= 1; store--) {
        List<Instruction> wanted = report(store, led(List.of())).instructions();
        if (!wanted.isEmpty()) {
          return;
        }
      }
    }
  }

  private List<Instruction> wanted() {
    return report(1, led(List.of())).instructions();
  }

  @Test
  void whatHasMovedMakesRoomAtOnce() {
    begin();
    List<Instruction> first = wanted();
    assertEquals(AT_ONCE, first.size());
    // Within a tenth of a second both have taken over; nothing is reported twice.
    for (int store = 2; store <= STORES; store++) {
      bench.range.advance(50);
      List<RangeReport> taken = new ArrayList<>();
      for (Instruction each : first) {
        if (each.step() instanceof TransferLeader(var to, var _) && to.value() == store) {
          taken.add(range(each.range().value(), store, 2));
        }
      }
      assertTrue(!taken.isEmpty(), "nothing for store " + store);
      report(store, led(taken));
    }
    List<Instruction> next =
        report(1, released(first.stream().map(Instruction::range).toList())).instructions();
    assertEquals(AT_ONCE, next.size());
    assertTrue(next.stream().noneMatch(first::contains), "one that has moved");
  }
}
