package io.flotilla.placement.directory;

import io.flotilla.placement.Policy;
import io.flotilla.placement.check.OperatorLimits;
import io.flotilla.placement.oracle.OracleOptions;

/// What a placement replica is told when it is made.
///
/// @param cluster the cluster's id, which a new fleet's first leader writes down
/// @param firstPolicy the policy of a new fleet; later the committed one counts
/// @param downMillis a store silent for longer is down
/// @param viewMillis how old the counts that decisions look at may be, and how often all ranges are
///   looked at, not only those that changed
/// @param retryMillis how long a range whose operator was dropped is left alone
/// @param waitingMax requests for timestamps, and for ids, that may wait for a commit
/// @param holdMaxMillis the longest that a hold lasts without being renewed; a new leader leaves
///   the safe point alone for this long, so that holders can come back
/// @param safePointStepMillis the safe point moves in steps of this, since each is a commit
public record PlacementOptions(
    String cluster,
    Policy firstPolicy,
    OracleOptions oracle,
    OperatorLimits limits,
    long downMillis,
    long viewMillis,
    long retryMillis,
    int waitingMax,
    long holdMaxMillis,
    long safePointStepMillis) {
  public PlacementOptions {
    if (cluster.isEmpty()) {
      throw new IllegalArgumentException("the cluster's id is empty");
    }
    if (downMillis < 1 || waitingMax < 1 || holdMaxMillis < 1 || safePointStepMillis < 1) {
      throw new IllegalArgumentException("placement options must be positive");
    }
  }

  /// The defaults, for a cluster.
  public static PlacementOptions of(String cluster, Policy firstPolicy) {
    return new PlacementOptions(
        cluster,
        firstPolicy,
        OracleOptions.DEFAULT,
        OperatorLimits.DEFAULT,
        10_000,
        200,
        5_000,
        10_000,
        60_000,
        10_000);
  }
}
