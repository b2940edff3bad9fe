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
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a leader may call committed (paper, section 5.4.2): an entry of its own term that is
/// durable on a quorum of the membership in force, of both of them while it is joint. And who may
/// lead: whoever has all that is committed.
final class QuorumRules {
  private final Function<StoreId, @Nullable WatchedLog> logs;
  private final Map<RangeReplica, Seen> seen = new WeakHashMap<>();
  private final Map<RangeId, Long> known = new HashMap<>();

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
      if (before.leadsIn == leadsIn && committed > known.getOrDefault(replica.id(), 0L)) {
        requireOwnTerm(store, replica);
      }
    }
    if (leadsIn != 0 && (before == null || before.leadsIn != leadsIn)) {
      requireComplete(store, replica);
    }
    known.merge(replica.id(), committed, Math::max);
  }

  /// Whoever is elected has everything that is committed (paper, section 5.4.3).
  private void requireComplete(StoreId store, RangeReplica replica) {
    long last = ReplicaLens.lastIndex(replica);
    long committed = known.getOrDefault(replica.id(), 0L);
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
