package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.store.ReplicaTable.Changes;
import java.util.ArrayList;
import java.util.List;

/// What changed on a store since an earlier report.
///
/// @param changed the replicas that changed role, leader, term, descriptor or (meaningfully) size
/// @param gone ranges that have no replica here any more
/// @param next hand this in to hear of what changes after this report
/// @param more there are changes already that this report had no room for
public record StatusReport(
    List<ReplicaStatus> changed, List<RangeId> gone, Cursor next, boolean more) {
  /// Where a reader of reports has come to: the number of changes for each loop.
  public record Cursor(List<Long> seen) {
    /// Before everything.
    public static final Cursor START = new Cursor(List.of());

    long of(int loop) {
      return loop < seen.size() ? seen.get(loop) : 0;
    }
  }

  /// What all loops say, in their order.
  static StatusReport of(List<Changes> loops) {
    List<ReplicaStatus> changed = new ArrayList<>();
    List<RangeId> gone = new ArrayList<>();
    List<Long> seen = new ArrayList<>();
    boolean more = false;
    for (Changes its : loops) {
      changed.addAll(its.changed());
      gone.addAll(its.gone());
      seen.add(its.reached());
      more |= its.more();
    }
    return new StatusReport(changed, gone, new Cursor(seen), more);
  }
}
