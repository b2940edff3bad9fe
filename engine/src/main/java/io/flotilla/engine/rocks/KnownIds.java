package io.flotilla.engine.rocks;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;

/// A set of very many ranges, for several threads.
final class KnownIds {
  private final RangeMap<Boolean> ids = new RangeMap<>();

  synchronized void add(RangeId range) {
    ids.put(range, true);
  }

  synchronized void remove(RangeId range) {
    ids.remove(range);
  }

  synchronized boolean contains(RangeId range) {
    return ids.contains(range);
  }

  synchronized void clear() {
    ids.clear();
  }
}
