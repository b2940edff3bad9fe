package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;

/// What a range's requests mean: evaluates them on the leaseholder's loop and proposes their
/// effects as physical writes. One for each replica; every method is called on the replica's loop.
public interface RangeMachine {
  /// This replica leads in a new term and its first entry of that term is applied: from now on
  /// requests come. Whatever was remembered of an earlier leadership is void.
  void onLeadership(long term);

  /// Requests stop coming. Proposals under way still get their outcome.
  void onLeadershipLost();

  /// Evaluates a request. The replica has checked leadership (or that it follows somebody, for a
  /// request of which [RangeRequest#isForAnyReplica] is true), not the lease and not the keys: the
  /// machine checks keys against [RangeAccess#descriptor()] and, to read, proves currency with
  /// [RangeAccess#leaseHolds()] or [RangeAccess#readBarrier].
  void serve(RangeRequest request);

  /// The state has everything up to `index`. Called before the outcomes of proposals are delivered.
  void onApplied(long index);

  /// The range has a new descriptor (split, membership change), as of the applied state.
  void onDescriptor(RangeDescriptor descriptor);

  /// True if another machine, made now, would do as well. Asked when the range falls asleep.
  default boolean isDisposable() {
    return false;
  }

  /// The range sleeps, and nothing of this machine is under way in the replica: it should give up
  /// what it can make again when somebody comes. Called as often as the range falls asleep and each
  /// time something disturbed its sleep; what is remembered stays remembered.
  default void rest() {}

  /// The replica is at its end here (removed, replaced, broken, or the store stops): nothing more
  /// is called.
  void onRemoved();

  /// Makes machines.
  interface Factory {
    RangeMachine create(RangeId range, RangeAccess access);
  }
}
