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
    /// It reports.
    UP,
    /// It has not reported for some seconds.
    DOWN,
    /// Silent for so long that its replicas are replaced; it belongs to the fleet again when it
    /// comes back.
    DEAD,
    /// On its way out by command, and it runs.
    LEAVING,
    /// Out for good by command, and silent.
    REMOVED
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
