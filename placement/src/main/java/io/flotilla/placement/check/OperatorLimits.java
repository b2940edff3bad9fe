package io.flotilla.placement.check;

/// What operators may take, of time and of stores.
///
/// @param operatorsMax under way at once
/// @param inboundMax replicas filled at once on one store
/// @param outboundMax ranges of one leading store that fill replicas at once
/// @param replicaMillis time limit of an operator that fills a replica
/// @param quickMillis time limit of any other
/// @param leaders when leaderships move, and how many at once
public record OperatorLimits(
    int operatorsMax,
    int inboundMax,
    int outboundMax,
    long replicaMillis,
    long quickMillis,
    LeaderLimits leaders) {
  public static final OperatorLimits DEFAULT =
      new OperatorLimits(500, 8, 8, 10 * 60_000L, 60_000L, LeaderLimits.DEFAULT);

  public OperatorLimits {
    if (operatorsMax < 1 || inboundMax < 1 || outboundMax < 1) {
      throw new IllegalArgumentException(
          "limits must be 1 or more, got "
              + operatorsMax
              + ", "
              + inboundMax
              + " and "
              + outboundMax);
    }
  }

  public OperatorLimits withLeaders(LeaderLimits other) {
    return new OperatorLimits(
        operatorsMax, inboundMax, outboundMax, replicaMillis, quickMillis, other);
  }
}
