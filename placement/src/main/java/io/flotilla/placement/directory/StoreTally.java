package io.flotilla.placement.directory;

import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.directory.RangeDirectory.Known;
import java.util.TreeMap;

/// What the known ranges put on each store, kept up to date with every range that changes, so that
/// nobody has to walk over all of them to know it.
final class StoreTally {
  private static final Count NOTHING = new Count();

  /// Of one store.
  static final class Count {
    private int replicas;
    private int leaders;
    private long bytes;

    int replicas() {
      return replicas;
    }

    int leaders() {
      return leaders;
    }

    /// About, of all its replicas.
    long bytes() {
      return bytes;
    }
  }

  private final TreeMap<StoreId, Count> counts = new TreeMap<>();

  /// Never null; zeros for a store that no range names.
  Count of(StoreId store) {
    return counts.getOrDefault(store, NOTHING);
  }

  void add(Known known) {
    count(known, 1);
  }

  void remove(Known known) {
    count(known, -1);
  }

  private void count(Known known, int sign) {
    for (ReplicaDescriptor replica : known.descriptor().replicas()) {
      Count count = counts.computeIfAbsent(replica.store(), _ -> new Count());
      count.replicas += sign;
      count.bytes += sign * known.bytes();
      if (count.replicas < 0 || count.bytes < 0) {
        throw new IllegalStateException("store " + replica.store() + ": fewer than no replicas");
      }
    }
    StoreId leader = known.leader();
    if (leader != null) {
      counts.computeIfAbsent(leader, _ -> new Count()).leaders += sign;
    }
  }
}
