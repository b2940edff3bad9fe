package io.flotilla.engine.node;

import io.flotilla.engine.route.DeadlineWatch;
import io.flotilla.engine.route.RangeLookup;
import io.flotilla.engine.route.Route;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementReply.Ranges;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.StoreAddress;
import io.flotilla.placement.StoreStatus;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds ranges by asking the placement group, and the stores themselves if it does not know or
/// does not answer at once. Thread-safe.
final class PlacementLookup implements RangeLookup {
  /// After so long without an answer of the placement group stores are asked as well.
  private static final long PATIENCE_NANOS = 100_000_000;

  private static final long SWEEP_MILLIS = 20;

  private final PlacementClient placement;
  private final StoreSearch stores;
  private final Clock clock;
  private final DeadlineWatch impatience;

  /// @param timers where lookups wait
  PlacementLookup(PlacementClient placement, StoreSearch stores, EventLoop timers, Clock clock) {
    this.placement = placement;
    this.stores = stores;
    this.clock = clock;
    this.impatience = new DeadlineWatch(timers, clock, SWEEP_MILLIS);
  }

  @Override
  public void find(Key key, long timeoutNanos, Consumer<Found> onFound) {
    Lookup lookup = new Lookup(key, clock.nanos(), timeoutNanos, onFound);
    impatience.watch(lookup);
    lookup.begin();
  }

  /// One of them. The first who knows ends it; it has failed when both have.
  private final class Lookup implements DeadlineWatch.Watched, StoreSearch.Listener {
    private final Key key;
    private final long impatientAt;
    private final long deadlineNanos;
    private final Consumer<Found> onFound;
    private final AtomicBoolean searching = new AtomicBoolean();
    private final AtomicBoolean failedOnce = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile String reason = "no store has it";
    private volatile EventLoop.@Nullable Cancellable call;

    Lookup(Key key, long now, long timeoutNanos, Consumer<Found> onFound) {
      this.key = key;
      this.impatientAt = now + PATIENCE_NANOS;
      this.deadlineNanos = now + timeoutNanos;
      this.onFound = onFound;
    }

    void begin() {
      EventLoop.Cancellable begun =
          placement.call(new PlacementRequest.LookupRange(key), deadlineNanos, this::onPlacement);
      call = begun;
      if (over.get()) {
        begun.cancel();
      }
    }

    private void onPlacement(PlacementClient.Outcome outcome) {
      if (outcome instanceof PlacementClient.Outcome.Replied(Ranges ranges)
          && !ranges.ranges().isEmpty()) {
        onFound(ranges);
        return;
      }
      reason = reasonOf(outcome);
      search();
      failed();
    }

    private void search() {
      if (!over.get() && searching.compareAndSet(false, true)) {
        stores.find(key, deadlineNanos, this);
      }
    }

    @Override
    public void onFound(Ranges ranges) {
      if (over.compareAndSet(false, true)) {
        EventLoop.Cancellable begun = call;
        if (begun != null) {
          begun.cancel();
        }
        RangeRecord range = ranges.ranges().getFirst();
        onFound.accept(new Found.Known(new Route(range.descriptor(), range.leader())));
      }
    }

    @Override
    public void onNobody() {
      failed();
    }

    /// The second of the two ends it.
    private void failed() {
      if (!failedOnce.compareAndSet(false, true)) {
        end();
      }
    }

    private void end() {
      if (over.compareAndSet(false, true)) {
        onFound.accept(new Found.Failed(reason));
      }
    }

    @Override
    public long deadlineNanos() {
      return impatientAt;
    }

    @Override
    public boolean isDone() {
      return searching.get() || over.get();
    }

    @Override
    public void onDeadline(long now) {
      search();
    }

    @Override
    public void onClosed() {
      reason = "the engine is closed";
      end();
    }
  }

  private static String reasonOf(PlacementClient.Outcome outcome) {
    if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.RangeUnknown unknown)) {
      return unknown.complete()
          ? "the range of this key has no leader at the moment"
          : "the placement driver is still learning which ranges there are";
    }
    return OracleClient.reasonOf(outcome);
  }

  static Map<StoreId, String> byId(List<StoreStatus> stores) {
    Map<StoreId, String> byStore = new TreeMap<>();
    stores.forEach(each -> byStore.put(each.info().id(), each.info().address()));
    return byStore;
  }

  static Map<StoreId, String> byStore(List<StoreAddress> addresses) {
    Map<StoreId, String> byStore = new TreeMap<>();
    addresses.forEach(each -> byStore.put(each.store(), each.address()));
    return byStore;
  }
}
