package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaStatus;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The replicas of one loop, and which of them changed when.
final class ReplicaTable {
  private final RangeMap<RangeReplica> byRange = new RangeMap<>();
  private final StatusBoard board = new StatusBoard();
  private Runnable onNews = () -> {};
  private boolean told = true;

  List<RangeReplica> all() {
    return byRange.values();
  }

  int size() {
    return byRange.size();
  }

  @Nullable RangeReplica get(RangeId range) {
    return byRange.get(range);
  }

  void put(RangeReplica replica) {
    byRange.put(replica.id(), replica);
  }

  void remove(RangeReplica replica) {
    if (byRange.get(replica.id()) == replica) {
      byRange.remove(replica.id());
    }
    changed(replica);
  }

  /// The replica has news for whoever reads reports.
  void changed(RangeReplica replica) {
    board.changed(replica.id());
    if (!told) {
      told = true;
      onNews.run();
    }
  }

  /// Runs `listener` with the first change after each [#reporting].
  void onNews(Runnable listener) {
    onNews = listener;
  }

  /// A report is begun.
  void reporting() {
    told = false;
  }

  /// How many changes there were so far.
  long version() {
    return board.version();
  }

  /// The version that is reached with at most `max` changes after `since`.
  long reached(long since, int max) {
    return board.reached(since, max);
  }

  /// What changed after `since` and not after `reached`: the replicas that are here, and the ranges
  /// that are not any more; and, changed or not, those of `also` that are here.
  void statusBetween(
      long since,
      long reached,
      List<RangeId> also,
      List<ReplicaStatus> changed,
      List<RangeId> gone) {
    Set<RangeId> asked = new LinkedHashSet<>(board.between(since, reached));
    for (RangeId range : asked) {
      RangeReplica replica = byRange.get(range);
      if (replica == null) {
        gone.add(range);
      } else {
        changed.add(replica.status());
      }
    }
    for (RangeId range : also) {
      RangeReplica replica = byRange.get(range);
      if (replica != null && asked.add(range)) {
        changed.add(replica.status());
      }
    }
  }
}
