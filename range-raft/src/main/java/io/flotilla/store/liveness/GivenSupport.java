package io.flotilla.store.liveness;

import io.flotilla.keyspace.Invariant;

/// What this store promised to one other.
///
/// A promise is for an epoch of the asker, and lasts for so long after the newest question, on this
/// store's clock. Once it is over it is *withdrawn*: that epoch is not supported any more, whatever
/// is asked, for somebody here may have voted in the meantime. Only [#expire] decides that; until
/// it is called the promise stands, however late.
final class GivenSupport {
  private final long promiseNanos;
  private long epoch;
  private long number;
  private long until;
  private boolean given;
  private long withdrawn;

  GivenSupport(long promiseNanos) {
    this.promiseNanos = promiseNanos;
  }

  /// The epoch that is supported; 0: none.
  long epoch() {
    return given ? epoch : 0;
  }

  /// The newest question at that epoch.
  long number() {
    return given ? number : 0;
  }

  /// Up to here support has ended for good.
  long withdrawn() {
    return withdrawn;
  }

  /// The other store asks, now. True if it is supported from now on at an epoch at which it was not
  /// before.
  boolean onAsk(long askedEpoch, long askedNumber, long nanos) {
    if (askedEpoch <= withdrawn || given && askedEpoch < epoch) {
      return false;
    }
    boolean isNew = !given || askedEpoch > epoch;
    if (isNew) {
      Invariant.check(askedEpoch > withdrawn, "what is withdrawn is not given again", askedEpoch);
      withdrawn = given ? Math.max(withdrawn, epoch) : withdrawn;
      epoch = askedEpoch;
      number = askedNumber;
      given = true;
    } else {
      number = Math.max(number, askedNumber);
    }
    until = nanos + promiseNanos;
    return isNew;
  }

  /// Withdraws a promise that is over. True if it was one.
  boolean expire(long nanos) {
    if (!given || nanos - until < 0) {
      return false;
    }
    withdraw();
    return true;
  }

  /// Ends the promise now: only for an asker whose life is over.
  boolean endFor(long firstEpochOfLife) {
    if (!given || epoch >= firstEpochOfLife) {
      return false;
    }
    withdraw();
    return true;
  }

  /// This store itself was late: what it promises may last longer than asked, never shorter.
  void prolong(long nanos) {
    until = nanos + promiseNanos;
  }

  private void withdraw() {
    withdrawn = Math.max(withdrawn, epoch);
    given = false;
  }
}
