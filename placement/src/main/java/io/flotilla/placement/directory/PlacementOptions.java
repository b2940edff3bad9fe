package io.flotilla.placement.directory;

import io.flotilla.placement.Policy;
import io.flotilla.placement.check.LeaderLimits;
import io.flotilla.placement.check.OperatorLimits;
import io.flotilla.placement.oracle.OracleOptions;

/// What a placement replica is told when it is made.
///
/// @param cluster the cluster's id, which a new fleet's first leader writes down
/// @param firstPolicy the policy of a new fleet; later the committed one counts
/// @param downMillis a store silent for longer is down
/// @param deadMillis a store silent for longer is dead: its replicas are replaced; before that,
///   nothing moves because of it
/// @param viewMillis how old may be what decisions know of stores, and how often ranges that wait
///   for others to be done are looked at
/// @param roundMillis how long a slow round over all ranges takes, for what nobody reported
/// @param retryMillis how long a range whose operator failed gets none of that kind; doubled with
///   each failure
/// @param retryMillisMax the longest such pause
/// @param waitingMax requests for timestamps, and for ids, that may wait for a commit
/// @param holdMaxMillis the longest that a hold lasts without being renewed; a new leader leaves
///   the safe point alone for this long, so that holders can come back
/// @param snapshotAgeMaxMillis no hold keeps back more than this, or the retention time if that is
///   longer
/// @param handOverMillis a leader that could not begin to serve for so long hands over
/// @param safePointStepMillis the safe point moves in steps of this, since each is a commit
public record PlacementOptions(
    String cluster,
    Policy firstPolicy,
    OracleOptions oracle,
    OperatorLimits limits,
    long downMillis,
    long deadMillis,
    long viewMillis,
    long roundMillis,
    long retryMillis,
    long retryMillisMax,
    int waitingMax,
    long holdMaxMillis,
    long snapshotAgeMaxMillis,
    long handOverMillis,
    long safePointStepMillis) {
  /// A store is dead after so long unless configured: ten minutes, which are enough to start a
  /// machine again.
  public static final long DEAD_MILLIS = 600_000;

  /// The longest age of a held snapshot unless configured: an hour.
  public static final long SNAPSHOT_AGE_MAX_MILLIS = 3_600_000;

  public PlacementOptions {
    if (cluster.isEmpty()) {
      throw new IllegalArgumentException("the cluster's id is empty");
    }
    if (downMillis < 1 || deadMillis < 1 || roundMillis < 1 || waitingMax < 1 || retryMillis < 1) {
      throw new IllegalArgumentException("placement options must be positive");
    }
    if (handOverMillis < 1
        || holdMaxMillis < 1
        || safePointStepMillis < 1
        || snapshotAgeMaxMillis < 1) {
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
        DEAD_MILLIS,
        200,
        120_000,
        5_000,
        600_000,
        10_000,
        60_000,
        SNAPSHOT_AGE_MAX_MILLIS,
        10_000,
        10_000);
  }

  public PlacementOptions withSnapshotAgeMaxMillis(long millis) {
    return with(limits, deadMillis, millis);
  }

  public PlacementOptions withDeadMillis(long millis) {
    return with(limits, millis, snapshotAgeMaxMillis);
  }

  public PlacementOptions withLeaders(LeaderLimits leaders) {
    return with(limits.withLeaders(leaders), deadMillis, snapshotAgeMaxMillis);
  }

  private PlacementOptions with(
      OperatorLimits newLimits, long newDeadMillis, long newSnapshotAgeMaxMillis) {
    return new PlacementOptions(
        cluster,
        firstPolicy,
        oracle,
        newLimits,
        downMillis,
        newDeadMillis,
        viewMillis,
        roundMillis,
        retryMillis,
        retryMillisMax,
        waitingMax,
        holdMaxMillis,
        newSnapshotAgeMaxMillis,
        handOverMillis,
        safePointStepMillis);
  }
}
