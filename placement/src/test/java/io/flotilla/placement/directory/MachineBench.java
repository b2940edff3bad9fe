package io.flotilla.placement.directory;

import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply.Registered;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementReply.Timestamps;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.PlacementRequest.DrawTimestamps;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.placement.PlacementRequest.SnapshotHold;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeNews;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.StoreStats;
import io.flotilla.spi.EventSink;
import java.util.ArrayList;
import java.util.List;

/// A placement machine with everything around it in the test's hands, and the requests that tests
/// make most.
final class MachineBench {
  final FakeRange range = new FakeRange();
  final List<EventSink.Event> events = new ArrayList<>();
  final PlacementMachine machine;
  private long term;
  private long receipt;

  MachineBench() {
    machine =
        new PlacementMachine(
            range, range, range, events::add, PlacementOptions.of("c1", Policy.DEFAULT));
  }

  void lead() {
    term++;
    machine.onLeadership(term);
  }

  FakeCall ask(PlacementRequest request) {
    return FakeCall.serve(machine, request);
  }

  Timestamps draw() {
    return ask(new DrawTimestamps(1)).as(Timestamps.class);
  }

  /// Store 1 has its id from when it founded the fleet; others are given the next one.
  void register(long store) {
    StoreId id = store == 1 ? new StoreId(1) : null;
    ask(new RegisterStore("c1", "i" + store, "host:a", List.of(), "v", "fsync", id))
        .as(Registered.class);
  }

  /// The next report of store 1's chain.
  Reported report(RangeNews news) {
    StoreReport report =
        new StoreReport(new StoreId(1), "host:a", new StoreStats(1 << 30, 0, 0), 0, receipt, news);
    Reported reply = ask(report).as(Reported.class);
    receipt = reply.receipt();
    return reply;
  }

  Reported report() {
    return report(new RangeNews(Stretch.ALL, List.of(), List.of(), List.of()));
  }

  FakeCall hold(String holder, Timestamp at, long ttlMillis) {
    return ask(new SnapshotHold(holder, at, ttlMillis));
  }

  /// Time goes by, in which timestamps are drawn, and a store reports: the safe point may move.
  Timestamp safePointAfter(long millis) {
    range.advance(millis);
    draw();
    draw();
    report();
    return report().safePoint();
  }

  <E extends PlacementEvent> List<E> events(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
