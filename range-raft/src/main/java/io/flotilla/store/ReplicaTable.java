package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The replicas of one loop, and which of them changed when.
final class ReplicaTable {
  private final Map<RangeId, RangeReplica> byRange = new LinkedHashMap<>();
  private final StatusBoard board = new StatusBoard();

  Collection<RangeReplica> all() {
    return byRange.values();
  }

  @Nullable RangeReplica get(RangeId range) {
    return byRange.get(range);
  }

  void put(RangeReplica replica) {
    byRange.put(replica.id(), replica);
  }

  void remove(RangeReplica replica) {
    byRange.remove(replica.id(), replica);
    board.removed(replica.id());
  }

  /// The replica has news for whoever reads reports.
  void changed(RangeReplica replica) {
    board.changed(replica.id());
  }

  /// How many changes there were so far.
  long version() {
    return board.version();
  }

  /// What changed after `since`: the replicas that are here, and the ranges that are not any more.
  void statusSince(long since, List<ReplicaStatus> changed, List<RangeId> gone) {
    for (RangeId range : board.since(since)) {
      RangeReplica replica = byRange.get(range);
      if (replica == null) {
        gone.add(range);
      } else {
        changed.add(replica.status());
      }
    }
  }
}
