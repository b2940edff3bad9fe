package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaStatus;
import java.util.ArrayList;
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

  /// What one loop has to report.
  ///
  /// @param changed the replicas that are here
  /// @param gone ranges whose replicas are not here any more
  /// @param reached up to which change this tells
  /// @param more there were changes after that
  record Changes(List<ReplicaStatus> changed, List<RangeId> gone, long reached, boolean more) {}

  /// The oldest `max` changes after change `since`; and, changed or not, the replicas of `also`.
  Changes changesAfter(long since, int max, List<RangeId> also) {
    long reached = board.reached(since, max);
    List<ReplicaStatus> changed = new ArrayList<>();
    List<RangeId> gone = new ArrayList<>();
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
    return new Changes(changed, gone, reached, reached < board.version());
  }
}
