package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Messages for replicas that may be about to be created: a few for each range, for a short time.
final class ParkedMessages {
  private static final int EACH_MAX = 4;

  private final int rangesMax;
  private final int ticksMax;
  private final Map<RangeId, List<Parked>> parked = new LinkedHashMap<>();
  private int ticks;

  record Parked(StoreId from, RangeMessage message, int tick) {}

  ParkedMessages(int rangesMax, int ticksMax) {
    this.rangesMax = rangesMax;
    this.ticksMax = ticksMax;
  }

  /// Keeps the newest ones; what does not fit is lost, as messages may be.
  void add(StoreId from, RangeMessage message) {
    List<Parked> its = parked.get(message.range());
    if (its == null) {
      if (parked.size() >= rangesMax) {
        return;
      }
      its = new ArrayList<>();
      parked.put(message.range(), its);
    }
    if (its.size() >= EACH_MAX) {
      its.removeFirst();
    }
    its.add(new Parked(from, message, ticks));
  }

  /// How many ranges have messages here.
  int ranges() {
    return parked.size();
  }

  List<Parked> take(RangeId range) {
    List<Parked> its = parked.remove(range);
    return its == null ? List.of() : its;
  }

  void onTick() {
    ticks++;
    if (!parked.isEmpty()) {
      parked.values().removeIf(its -> ticks - its.getLast().tick > ticksMax);
    }
  }
}
