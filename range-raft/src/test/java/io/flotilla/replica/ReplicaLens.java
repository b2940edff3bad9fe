package io.flotilla.replica;

/// Looks into a replica as [io.flotilla.store.StoreLens] does into a store: changes nothing, asks
/// for nothing that is expensive to tell.
public final class ReplicaLens {
  private ReplicaLens() {}

  /// True if it would answer a read by its lease now.
  public static boolean leaseHolds(RangeReplica replica) {
    return replica.leaderSide().leaseHolds();
  }
}
