package io.flotilla.store;

import io.flotilla.keyspace.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Stores whose return is waited for, each until some tick.
final class Returns {
  private final Map<StoreId, Integer> until = new TreeMap<>();

  /// From now on, unless it is waited for already: who goes again and again is not waited for the
  /// longer.
  void await(StoreId store, int untilTick) {
    until.putIfAbsent(store, untilTick);
  }

  /// It is back, or there is nothing to wait for any more.
  void end(StoreId store) {
    until.remove(store);
  }

  /// Those that did not return in time. They are not waited for any more.
  List<StoreId> takeDue(int tick) {
    List<StoreId> due = new ArrayList<>();
    until.forEach((store, untilTick) -> {
      if (untilTick <= tick) {
        due.add(store);
      }
    });
    due.forEach(until::remove);
    return due;
  }
}
