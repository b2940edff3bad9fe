package io.flotilla.engine.node;

import io.flotilla.engine.route.RangeLookup;
import io.flotilla.engine.route.Route;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.RangeRecord;
import io.flotilla.placement.StoreAddress;
import io.flotilla.placement.StoreStatus;
import io.flotilla.spi.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Finds ranges by asking the placement group.
final class PlacementLookup implements RangeLookup {
  private final PlacementClient placement;
  private final Clock clock;

  PlacementLookup(PlacementClient placement, Clock clock) {
    this.placement = placement;
    this.clock = clock;
  }

  @Override
  public void find(Key key, long timeoutNanos, Consumer<Found> onFound) {
    placement.call(
        new PlacementRequest.LookupRange(key),
        clock.nanos() + timeoutNanos,
        outcome -> onFound.accept(found(outcome)));
  }

  private Found found(PlacementClient.Outcome outcome) {
    return switch (outcome) {
      case PlacementClient.Outcome.Replied(PlacementReply.Ranges ranges)
          when !ranges.ranges().isEmpty() -> {
        RangeRecord range = ranges.ranges().getFirst();
        yield new Found.Known(new Route(range.descriptor(), range.leader()));
      }
      case PlacementClient.Outcome.Replied(PlacementReply.RangeUnknown unknown) ->
          new Found.Failed(
              unknown.complete()
                  ? "the range of this key has no leader at the moment"
                  : "the placement driver is still learning which ranges there are");
      default -> new Found.Failed(OracleClient.reasonOf(outcome));
    };
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
