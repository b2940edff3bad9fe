package io.flotilla.engine.admin;

import io.flotilla.keyspace.StoreId;
import java.util.List;

/// How one store stands with the others, as it says itself.
///
/// @param answers false: it did not say, and the rest is empty
/// @param replicas on it
/// @param asleep those that do not tick, since nobody uses their range
public record StoreLiveness(
    StoreId store, boolean answers, long replicas, long asleep, List<Peer> peers) {
  public StoreLiveness {
    peers = List.copyOf(peers);
  }

  /// Another store with which it shares ranges, as it sees it.
  ///
  /// @param heard it was heard of late
  /// @param diskStalled it said that its disk takes nothing
  /// @param vouches it promises to leave this store's leaders alone, so that they may sleep
  /// @param vouchedFor this store promises it the same
  /// @param vouchesMillis for how many milliseconds it has promised that without a break
  public record Peer(
      StoreId store,
      boolean heard,
      boolean diskStalled,
      boolean vouches,
      boolean vouchedFor,
      long vouchesMillis) {}
}
