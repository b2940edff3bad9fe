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

  /// Once it has answered that it does not know, they are waited for so long.
  private static final long STORES_NANOS = 300_000_000;

  /// If no store knows either, they are asked again after so long.
  private static final long AGAIN_NANOS = 200_000_000;

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

  /// One of them. The first who knows ends it; it has failed when neither does.
  private final class Lookup implements DeadlineWatch.Watched, StoreSearch.Listener {
    private final Key key;
    private final long deadlineNanos;
    private final Consumer<Found> onFound;
    private final AtomicBoolean searching = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long impatientAt;
    private volatile @Nullable String failure;
    private volatile EventLoop.@Nullable Cancellable call;
    private volatile EventLoop.@Nullable Cancellable search;

    Lookup(Key key, long now, long timeoutNanos, Consumer<Found> onFound) {
      this.key = key;
      this.impatientAt = now + PATIENCE_NANOS;
      this.deadlineNanos = now + timeoutNanos;
      this.onFound = onFound;
    }

    void begin() {
      call =
          placement.call(new PlacementRequest.LookupRange(key), deadlineNanos, this::onPlacement);
      if (over.get()) {
        cancel(call);
      }
    }

    /// Who does not know yet may soon: the stores are not waited for for long.
    private void onPlacement(PlacementClient.Outcome outcome) {
      if (outcome instanceof PlacementClient.Outcome.Replied(Ranges ranges)
          && !ranges.ranges().isEmpty()) {
        onFound(ranges.ranges().getFirst());
        return;
      }
      failure = reasonOf(outcome);
      impatientAt = clock.nanos() + STORES_NANOS;
      search();
    }

    private void search() {
      if (deadlineNanos - clock.nanos() <= 0) {
        onNobody();
      } else if (!over.get() && searching.compareAndSet(false, true)) {
        EventLoop.Cancellable begun = stores.find(key, deadlineNanos, this);
        search = begun;
        if (over.get()) {
          begun.cancel();
        }
      }
    }

    @Override
    public void onFound(RangeRecord range) {
      if (end()) {
        onFound.accept(new Found.Known(new Route(range.descriptor(), range.leader())));
      }
    }

    /// Others may be known in a while, or be back.
    @Override
    public void onNobody() {
      impatientAt = clock.nanos() + AGAIN_NANOS;
      searching.set(false);
      if (failure != null) {
        fail();
      }
    }

    private void fail() {
      String reason = failure;
      if (end()) {
        onFound.accept(new Found.Failed(reason == null ? "the engine is closed" : reason));
      }
    }

    private boolean end() {
      if (!over.compareAndSet(false, true)) {
        return false;
      }
      cancel(call);
      cancel(search);
      return true;
    }

    private static void cancel(EventLoop.@Nullable Cancellable begun) {
      if (begun != null) {
        begun.cancel();
      }
    }

    @Override
    public long deadlineNanos() {
      return impatientAt;
    }

    @Override
    public boolean isDone() {
      return over.get();
    }

    @Override
    public void onDeadline(long now) {
      if (failure != null) {
        fail();
      } else {
        impatientAt = deadlineNanos;
        if (failure != null) {
          impatientAt = now + STORES_NANOS; // it came just now
        }
        search();
      }
    }

    @Override
    public void onClosed() {
      fail();
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
