package io.flotilla.keyspace;

/// What a replica counts for. The three kinds in the middle exist only during a joint
/// configuration.
///
/// Declared in the order of their wire codes, which are their ordinals: append only.
public enum ReplicaKind {
  /// Counts in the quorum (of both configurations, when joint).
  VOTER,
  /// Receives the log, counts in no quorum.
  LEARNER,
  /// Joint: a voter of the incoming configuration alone.
  INCOMING,
  /// Joint: a voter of the outgoing configuration alone; leaves the range with it.
  OUTGOING,
  /// Joint: a voter of the outgoing configuration alone; stays as a learner.
  DEMOTING;

  public boolean votesInOutgoing() {
    return this == VOTER || this == OUTGOING || this == DEMOTING;
  }

  public boolean votesInIncoming() {
    return this == VOTER || this == INCOMING;
  }

  public boolean isJoint() {
    return this == INCOMING || this == OUTGOING || this == DEMOTING;
  }
}
