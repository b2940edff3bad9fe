package io.flotilla.engine.admin;

import io.flotilla.keyspace.StoreId;

/// One store.
///
/// @param freeBytes what its disk had left when it last reported
/// @param disk what that allows
/// @param lastSeenMillis since its last report, in milliseconds
/// @param durability how it keeps writes and answers reads, for people: `fsync, lease reads`
public record StoreStatus(
    StoreId id,
    String address,
    State state,
    long ranges,
    long leaders,
    long bytes,
    long freeBytes,
    Disk disk,
    long lastSeenMillis,
    String version,
    String durability) {
  /// What a store is up to.
  public enum State {
    UP,
    DOWN
  }

  /// What a store's disk still allows.
  public enum Disk {
    /// Everything.
    ROOMY,
    /// Nearly full: no writes that add data.
    LOW,
    /// As above, and what other leaders add waits.
    FULL,
    /// No writes at all.
    EXHAUSTED
  }
}
