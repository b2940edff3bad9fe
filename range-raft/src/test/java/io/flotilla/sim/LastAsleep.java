package io.flotilla.sim;

import io.flotilla.keyspace.RangeId;
import io.flotilla.store.StoreLens;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Which leaders were asleep on each store when somebody looked last.
final class LastAsleep {
  private final Map<SimStore, Set<RangeId>> before = new HashMap<>();

  /// True if one has fallen asleep since the last look.
  boolean hasMore(SimStore store) {
    Set<RangeId> now = new HashSet<>();
    StoreLens.replicas(
        store.store(),
        replica -> {
          if (replica.isAsleep() && replica.isLeader()) {
            now.add(replica.id());
          }
        });
    Set<RangeId> then = before.put(store, now);
    return then != null && !then.containsAll(now);
  }
}
