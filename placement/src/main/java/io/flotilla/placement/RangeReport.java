package io.flotilla.placement;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.StoreId;
import java.util.List;
import java.util.Optional;

/// What a range's leader says of it.
///
/// @param descriptor as applied, so committed
/// @param term in which `leader` leads
/// @param size of its data, about; of another generation if it was not measured since
/// @param followers the other peers, sorted by peer
public record RangeReport(
    RangeDescriptor descriptor,
    long term,
    PeerId leader,
    long committed,
    RangeSize size,
    List<PeerProgress> followers) {
  /// A follower that lacks no more entries than this has caught up: a busy range always has some
  /// under way. Stricter than what leaders ask of a learner that becomes a voter.
  public static final long CATCH_UP_ENTRIES = 256;

  public RangeReport {
    followers = List.copyOf(followers);
    if (term < 1 || committed < 0) {
      throw new IllegalArgumentException(
          "report of range " + descriptor.id() + ": term " + term + ", committed " + committed);
    }
  }

  public RangeId range() {
    return descriptor.id();
  }

  public long generation() {
    return descriptor.generation();
  }

  /// Good for sums, and for decisions that need no more than a rough idea.
  public long bytes() {
    return size.bytes();
  }

  /// The store that leads, empty if the leader is no longer in the descriptor.
  public Optional<StoreId> leaderStore() {
    return descriptor.replica(leader).map(replica -> replica.store());
  }

  /// True if this peer answers and has all but the newest entries: it can take part in a quorum
  /// without holding it up.
  public boolean isCaughtUp(PeerId peer) {
    if (peer.equals(leader)) {
      return true;
    }
    for (PeerProgress follower : followers) {
      if (follower.peer().equals(peer)) {
        return follower.active()
            && follower.match() > 0
            && follower.match() + CATCH_UP_ENTRIES >= committed;
      }
    }
    return false;
  }
}
