package io.flotilla.replica;

import io.flotilla.raft.RaftLens;
import org.jspecify.annotations.Nullable;

/// Looks into a replica as [io.flotilla.store.StoreLens] does into a store: changes nothing, asks
/// for nothing that is expensive to tell.
public final class ReplicaLens {
  private ReplicaLens() {}

  /// True if it gave up its memory: looking into it would bring that back.
  public static boolean isResting(RangeReplica replica) {
    return RestLens.partsOf(replica) == null;
  }

  /// True if it would answer a read by its lease now.
  public static boolean leaseHolds(RangeReplica replica) {
    return replica.leaderSide().leaseHolds();
  }

  /// The index of its newest entry, durable or not.
  public static long lastIndex(RangeReplica replica) {
    return replica.group().lastEntry().index();
  }

  /// True if its log may have a change of its group's members that is not applied.
  public static boolean isChanging(RangeReplica replica) {
    return !isResting(replica) && RaftLens.mayHoldMembership(replica.group());
  }

  /// Bytes of entries that it handed to the applier and has not heard of.
  public static long applyingBytes(RangeReplica replica) {
    return RaftLens.applyingBytes(replica.group());
  }

  /// Writes that were let in and are not in the log yet.
  public static int staged(RangeReplica replica) {
    Leadership lead = replica.currentLeadership();
    return lead == null ? 0 : lead.stage().size();
  }

  /// What waits here beyond its bound; null: nothing.
  ///
  /// @param entryBytesMax of the largest entry
  public static @Nullable String overfull(RangeReplica replica, long entryBytesMax) {
    ReplicaOptions options = replica.host().options();
    Leadership lead = replica.currentLeadership();
    int staged = staged(replica);
    // A split is let in above the bound, and nothing after it.
    if (replica.proposals().open() + staged > options.proposalsMax() + 1) {
      return replica.proposals().open() + staged + " proposals";
    }
    if (replica.barriers().open() > options.proposalsMax()) {
      return replica.barriers().open() + " reads that wait for a barrier";
    }
    if (lead != null && lead.deferred() > options.deferredMax()) {
      return lead.deferred() + " deferred requests";
    }
    return RaftLens.overfull(replica.group(), entryBytesMax);
  }
}
