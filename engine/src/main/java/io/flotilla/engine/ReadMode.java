package io.flotilla.engine;

/// Who answers a get of the newest value, and by which proof that it is the newest. All are
/// linearizable; docs/performance.md has what each costs.
public enum ReadMode {
  /// The leader, by its lease: no round trip beyond the caller's own. Where the fleet's
  /// configuration says `reads=quorum`, as [#INDEX].
  LEASE,

  /// The leader, once a quorum has confirmed that it leads (ReadIndex): trusts no clock.
  INDEX,

  /// Any follower, once the leader has told it how far it must be, confirmed by a quorum: takes
  /// load off the leader, at the price of two round trips between stores. A range that nobody
  /// writes to sleeps; its leader answers until it has woken.
  FOLLOWER
}
