package io.flotilla.engine.route;

import io.flotilla.keyspace.StoreId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Stores that were silent lately: asked last, until they are heard of or a while has passed.
/// Thread-safe; costs nothing while there are none.
final class Suspects {
  private static final long NANOS = 3_000_000_000L;

  private final Map<StoreId, Long> untilNanos = new ConcurrentHashMap<>();

  void add(StoreId store, long now) {
    untilNanos.put(store, now + NANOS);
  }

  void heardOf(StoreId store) {
    if (!untilNanos.isEmpty()) {
      untilNanos.remove(store);
    }
  }

  boolean contains(StoreId store, long now) {
    if (untilNanos.isEmpty()) {
      return false;
    }
    Long until = untilNanos.get(store);
    return until != null && until - now > 0;
  }
}
