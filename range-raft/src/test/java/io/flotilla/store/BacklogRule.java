package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaLens;
import java.util.Map;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Looks whether a loop lets anything be proposed while more waits to be applied than may.
///
/// The backlog itself has no bound but that of each replica, for what is committed is applied
/// whatever comes of it; what is bounded is what may be proposed on top. So this compares two looks
/// that both find too much, and between which nothing was applied: all the while there was too
/// much, and no replica may have staged a write meanwhile. The backlog is counted anew, from the
/// groups, since the loop's own count is what may be wrong.
public final class BacklogRule {
  private final Map<StoreLoop, Full> before = new WeakHashMap<>();

  /// What was found at a loop that has too much to apply.
  private record Full(Map<RangeId, Long> applied, Map<RangeId, Integer> staged) {}

  /// What is wrong since the last look; null: nothing. Changes nothing of the store.
  public @Nullable String broken(Store store) {
    long bytesMax = store.core().env().options().applyBacklogBytesMax();
    for (StoreLoop loop : store.core().loops()) {
      long bytes = loop.isRunning() ? bytes(loop) : 0;
      Full now = bytes > bytesMax ? full(loop) : null;
      Full then = now == null ? before.remove(loop) : before.put(loop, now);
      if (now != null && then != null && then.applied.equals(now.applied)) {
        for (Map.Entry<RangeId, Integer> each : now.staged.entrySet()) {
          if (each.getValue() > then.staged.getOrDefault(each.getKey(), 0)) {
            return "a write to range " + each.getKey() + " on top of " + bytes + " bytes to apply";
          }
        }
      }
    }
    return null;
  }

  private static long bytes(StoreLoop loop) {
    long bytes = 0;
    for (RangeReplica replica : loop.replicas().all()) {
      if (!replica.isEnded() && !ReplicaLens.isResting(replica)) {
        bytes += ReplicaLens.applyingBytes(replica);
      }
    }
    return bytes;
  }

  private static Full full(StoreLoop loop) {
    Full full = new Full(new TreeMap<>(), new TreeMap<>());
    for (RangeReplica replica : loop.replicas().all()) {
      if (!replica.isEnded() && !ReplicaLens.isResting(replica)) {
        full.applied.put(replica.id(), replica.applied().index());
        full.staged.put(replica.id(), ReplicaLens.staged(replica));
      }
    }
    return full;
  }
}
