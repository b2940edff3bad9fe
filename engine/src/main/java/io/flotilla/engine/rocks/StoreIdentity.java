package io.flotilla.engine.rocks;

import io.flotilla.keyspace.StoreId;
import org.jspecify.annotations.Nullable;

/// Whose folder it is.
///
/// @param clusterId names the fleet, null: this store has not joined one yet
/// @param storeId names the store in it, null: as above, or joined and not yet given one
public record StoreIdentity(@Nullable String clusterId, @Nullable StoreId storeId) {
  public static final StoreIdentity UNASSIGNED = new StoreIdentity(null, null);

  public StoreIdentity {
    if (clusterId == null && storeId != null) {
      throw new IllegalArgumentException("store " + storeId + " of no cluster");
    }
    if (clusterId != null && !clusterId.matches("[0-9A-Za-z-]{1,64}")) {
      throw new IllegalArgumentException(
          "a cluster id has 1 to 64 letters, digits and dashes, got '" + clusterId + "'");
    }
  }

  public boolean isAssigned() {
    return clusterId != null && storeId != null;
  }
}
