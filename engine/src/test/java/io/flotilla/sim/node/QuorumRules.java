package io.flotilla.sim.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaLens;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a leader may call committed (paper, section 5.4.2): an entry of its own term that is
/// durable on a quorum of the membership in force, of both of them while it is joint. And who may
/// lead: whoever has all that is committed.
final class QuorumRules {
  private static final NavigableMap<Long, Long> NOTHING = new TreeMap<>();

  private final Function<StoreId, @Nullable WatchedLog> logs;
  private final Map<RangeReplica, Seen> seen = new WeakHashMap<>();

  /// How far a range was known to be committed by a replica of each term.
  private final Map<RangeId, NavigableMap<Long, Long>> known = new HashMap<>();

  /// @param leadsIn the term in which it led, 0: it did not
  private record Seen(long committed, long leadsIn, @Nullable RangeDescriptor range) {}

  /// @param logs those of the stores; null: unknown
  QuorumRules(Function<StoreId, @Nullable WatchedLog> logs) {
    this.logs = logs;
  }

  void look(StoreId store, RangeReplica replica) {
    RangeDescriptor range = replica.descriptorOrNull();
    long committed = replica.committed();
    long leadsIn = replica.isLeader() ? replica.term() : 0;
    Seen before = seen.get(replica);
    if (before == null
        || before.committed != committed
        || before.leadsIn != leadsIn
        || before.range != range) {
      seen.put(replica, new Seen(committed, leadsIn, range));
    }
    if (before != null && range != null && leadsIn != 0 && committed > before.committed) {
      requireQuorum(replica, range, before.range == null ? range : before.range);
      if (before.leadsIn == leadsIn && committed > knownBefore(replica.id(), Long.MAX_VALUE)) {
        requireOwnTerm(store, replica);
      }
    }
    if (leadsIn != 0 && (before == null || before.leadsIn != leadsIn)) {
      requireComplete(store, replica);
    }
    known
        .computeIfAbsent(replica.id(), _ -> new TreeMap<>())
        .merge(replica.term(), committed, Math::max);
  }

  /// How far the range was known to be committed in terms below this one.
  private long knownBefore(RangeId range, long term) {
    long most = 0;
    for (long committed : known.getOrDefault(range, NOTHING).headMap(term, false).values()) {
      most = Math.max(most, committed);
    }
    return most;
  }

  /// Whoever is elected has everything that was committed in the terms before (paper, section
  /// 5.4.3). It may hear of its election so late that others have committed more in a later one.
  private void requireComplete(StoreId store, RangeReplica replica) {
    long last = ReplicaLens.lastIndex(replica);
    long committed = knownBefore(replica.id(), replica.term());
    Broken.check(
        last >= committed,
        () ->
            "range "
                + replica.id()
                + ": store "
                + store
                + " leads in term "
                + replica.term()
                + " with entries up to "
                + last
                + ", but "
                + committed
                + " is committed");
  }

  private void requireOwnTerm(StoreId store, RangeReplica replica) {
    WatchedLog log = logs.apply(store);
    Long term = log == null ? null : log.termAt(replica.id(), replica.committed());
    Broken.check(
        term == null || term == replica.term(),
        () ->
            "range "
                + replica.id()
                + ": the leader of term "
                + replica.term()
                + " commits entry "
                + replica.committed()
                + " of term "
                + term);
  }

  /// The membership may have changed with the very event that was looked at.
  private void requireQuorum(RangeReplica replica, RangeDescriptor now, RangeDescriptor before) {
    long committed = replica.committed();
    boolean holds = isOnQuorums(now, committed) || isOnQuorums(before, committed);
    Broken.check(
        holds,
        () ->
            "range "
                + now.id()
                + ": entry "
                + committed
                + " is committed, but not durable on a quorum of "
                + now.replicas());
  }

  private boolean isOnQuorums(RangeDescriptor range, long index) {
    return isOnQuorum(range, index, ReplicaKind::votesInIncoming)
        && isOnQuorum(range, index, ReplicaKind::votesInOutgoing);
  }

  private boolean isOnQuorum(RangeDescriptor range, long index, Predicate<ReplicaKind> counts) {
    int voters = 0;
    int durable = 0;
    for (ReplicaDescriptor each : range.replicas()) {
      if (counts.test(each.kind())) {
        voters++;
        WatchedLog log = logs.apply(each.store());
        durable += log == null || log.mayReach(range.id(), index) ? 1 : 0;
      }
    }
    return 2 * durable > voters;
  }
}
