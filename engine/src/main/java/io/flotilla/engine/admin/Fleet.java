package io.flotilla.engine.admin;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.util.List;
import java.util.Optional;

/// The fleet as its placement driver sees it, and operations on it. Thread-safe; calls block up to
/// the engine's deadline and throw the engine's exceptions.
public interface Fleet {
  FleetStatus status();

  List<StoreStatus> stores();

  /// All ranges in the order of their keys (the placement group first), or those that overlap
  /// [from, to) when given.
  List<RangeStatus> ranges();

  /// How each store stands with the others and how much sleeps on it, as it says itself.
  List<StoreLiveness> liveness();

  RangeStatus range(RangeId id);

  RangeStatus rangeOf(Key key);

  /// Splits a range at a key, or in the middle by size. Returns left and right once both have a
  /// leader.
  List<RangeStatus> split(RangeId range, Optional<Key> at);

  void transferLeader(RangeId range, StoreId to);

  /// Takes a store out of the fleet for good, whether it runs or not: its replicas are replaced on
  /// others, in the background, and it cannot join again but with an empty folder. May be repeated.
  ///
  /// @return how many replicas are still on it
  /// @throws io.flotilla.engine.RejectedException if data could be lost with the store, or nobody
  ///   else can take its replicas; the message says which and what to do
  long removeStore(StoreId store);
}
