package io.flotilla.spi;

/// The classes of traffic between stores, each with its own queue and connection, so that bulk never
/// delays beats.
public enum Lane {
  /// Beats, votes and what else keeps leaders leaders.
  BEATS,
  /// AppendEntries and their replies.
  APPENDS,
  /// Snapshot chunks and their credit.
  SNAPSHOTS,
  /// Requests and responses, of clients and between stores.
  REQUESTS
}
