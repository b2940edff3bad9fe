package io.flotilla.engine.admin;

import io.flotilla.keyspace.StoreId;

/// One store.
///
/// @param lastSeenMillis since its last report, in milliseconds
/// @param durability how it keeps writes and answers reads, for people: `fsync, lease reads`
public record StoreStatus(
    StoreId id,
    String address,
    State state,
    long ranges,
    long leaders,
    long bytes,
    long lastSeenMillis,
    String version,
    String durability) {
  /// What a store is up to.
  public enum State {
    UP,
    DOWN
  }
}
