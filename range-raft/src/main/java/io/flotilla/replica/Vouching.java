package io.flotilla.replica;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;

/// What a replica needs of its loop to stop ticking: which stores vouch for which, and the lists of
/// those who sleep.
public interface Vouching {
  /// Ticks of the loop so far.
  int tick();

  /// A leader with nothing to do asks its followers to quiesce after so many ticks; 0: never.
  int idleTicks(RangeId range);

  /// True if one more range may be asked in this tick. Counts it.
  boolean takeOffer();

  /// True if the disk takes nothing: this store should lead nothing.
  boolean isStalled();

  /// True if the store was heard of late.
  boolean isUp(StoreId store);

  /// True if the store was heard of late and asks for support, as all do whose disk takes anything.
  boolean mayLead(StoreId store);

  /// An equal one that many ranges share.
  Backing shared(Backing backing);

  /// True as long as this store supports `asker` at `epoch`.
  boolean supports(StoreId asker, long epoch);

  /// The epoch at which `supporter` supports this store, as far as is known and for however long;
  /// 0: it does not.
  long heldEpoch(StoreId supporter);

  /// For how long from `nanos` on `supporter` will support this store at `epoch`; 0: it does not.
  long heldNanos(StoreId supporter, long epoch, long nanos);

  /// The replica ticks no more. `leader` is the store whose silence wakes it: its own store for a
  /// leader.
  void sleep(RangeReplica replica, StoreId leader);

  /// A replica that sleeps needed more memory than one at rest, and may rest again soon.
  void stirred(RangeReplica replica);

  /// The replica ticks again.
  void wake(RangeReplica replica);
}
