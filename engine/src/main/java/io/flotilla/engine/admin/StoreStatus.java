package io.flotilla.engine.admin;

import io.flotilla.keyspace.StoreId;

/// One store. `lastSeenMillis`: since its last report, in milliseconds.
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
