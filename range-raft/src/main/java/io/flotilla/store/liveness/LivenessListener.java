package io.flotilla.store.liveness;

import io.flotilla.keyspace.StoreId;

/// What changes between this store and others.
public interface LivenessListener {
  /// This store supports `asker` at `epoch`, and at no other.
  void given(StoreId asker, long epoch);

  /// This store supports `asker` at no epoch up to this one any more; it may vote.
  void withdrawn(StoreId asker, long upToEpoch);

  /// `supporter` supports this store at `epoch` until `untilNanos`, as was asked at `askedNanos`.
  void held(StoreId supporter, long epoch, long untilNanos, long askedNanos);

  /// `supporter` does not support this store any more, at the epoch so far.
  void lost(StoreId supporter);

  /// A store that was silent, or has begun a new life, is heard.
  void up(StoreId store);

  /// Nothing was heard of a store for long.
  void down(StoreId store);
}
