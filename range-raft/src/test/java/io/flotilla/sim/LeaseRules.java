package io.flotilla.sim;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.quorum.Quorum;
import io.flotilla.replica.LeaseLens;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.RestLens;
import io.flotilla.store.StoreLens;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What must hold of leases at every moment of true time.
///
/// No two leases of one range: that is the theorem of docs/leases.md. A breach of it needs an
/// election at the wrong moment, so what it rests on is looked at as well, the lemmas: while a
/// lease holds, those who are free to elect another are no quorum; and whomever a sleeping leader
/// counts on is not free.
final class LeaseRules {
  private boolean lemmas;

  /// From now on looks at the lemmas as well, which takes its time.
  void lookAtLemmas() {
    lemmas = true;
  }

  /// How often to look.
  long everyNanos() {
    return lemmas ? SimFleet.MILLI : 5 * SimFleet.MILLI;
  }

  void look(SimFleet fleet) {
    Map<RangeId, SimStore> holders = new HashMap<>();
    for (SimStore store : fleet.stores()) {
      for (MapMachine machine : store.machines()) {
        if (machine.isLeading() && machine.access().leaseHolds()) {
          SimStore other = holders.put(machine.range(), store);
          fleet.check(
              other == null,
              "two leases of range "
                  + machine.range()
                  + ": "
                  + (other == null ? "" : other.id())
                  + " and "
                  + store.id());
        }
      }
    }
    if (lemmas && !holders.isEmpty()) {
      lookAtPromises(fleet);
    }
  }

  private static void lookAtPromises(SimFleet fleet) {
    Map<RangeId, Map<PeerId, RangeReplica>> ranges = new TreeMap<>();
    for (SimStore store : fleet.stores()) {
      if (store.isUp()) {
        StoreLens.replicas(
            store.store(),
            replica -> {
              RestLens.check(replica);
              ranges
                  .computeIfAbsent(replica.id(), _ -> new TreeMap<>())
                  .put(replica.peer(), replica);
            });
      }
    }
    for (Map<PeerId, RangeReplica> peers : ranges.values()) {
      for (RangeReplica each : peers.values()) {
        if (each.isLeader() && LeaseLens.leaseHolds(each)) {
          requireBound(fleet, each, peers);
        }
      }
    }
  }

  private static void requireBound(
      SimFleet fleet, RangeReplica holder, Map<PeerId, RangeReplica> peers) {
    String name = "range " + holder.id() + ": peer " + holder.peer() + " of term " + holder.term();
    boolean isInDanger =
        Quorum.has(LeaseLens.membership(holder), peer -> isFree(holder, peers.get(peer)));
    fleet.check(!isInDanger, name + " has a lease, but a quorum is free to elect another");
    for (PeerId counted : LeaseLens.counted(holder)) {
      fleet.check(
          !isFree(holder, peers.get(counted)),
          name + " sleeps and counts on peer " + counted + ", which is free to vote");
    }
  }

  /// Who is down or gone votes for nobody. A leader of a later term was elected already.
  private static boolean isFree(RangeReplica holder, @Nullable RangeReplica peer) {
    return peer != null
        && peer != holder
        && (peer.isLeader() && peer.term() > holder.term() || LeaseLens.mayVote(peer));
  }
}
