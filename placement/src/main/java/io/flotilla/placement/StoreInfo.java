package io.flotilla.placement;

import io.flotilla.keyspace.StoreId;
import java.util.List;

/// What the fleet remembers of a store.
///
/// @param instance drawn at random when the store's folder was made: a registration that is
///   repeated because its reply was lost gets the same id again
/// @param address where its node listens, `host:port`
/// @param version of the program that last registered it
/// @param durability how its log is written, for people
public record StoreInfo(
    StoreId id,
    String instance,
    String address,
    List<Label> labels,
    String version,
    String durability) {
  public StoreInfo {
    labels = List.copyOf(labels);
  }

  public StoreInfo withAddress(String newAddress) {
    return new StoreInfo(id, instance, newAddress, labels, version, durability);
  }
}
