package io.flotilla.store;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a turn has to say to other stores: one call of the network for each of them.
final class Outbox {
  private final PeerNetwork network;
  private final Map<StoreId, List<RangeMessage>> messages = new LinkedHashMap<>();

  Outbox(PeerNetwork network) {
    this.network = network;
  }

  void add(StoreId to, RangeMessage message) {
    messages.computeIfAbsent(to, _ -> new ArrayList<>()).add(message);
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  /// `leaving` hears of each store that something is for, right ahead of it.
  void flush(Consumer<StoreId> leaving) {
    if (!messages.isEmpty()) {
      messages.forEach((to, its) -> {
        leaving.accept(to);
        network.send(to, its);
      });
      messages.clear();
    }
  }

  /// A store that failed says no more.
  void clear() {
    messages.clear();
  }
}
