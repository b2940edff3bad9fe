package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.membership.Membership;
import io.flotilla.raft.quorum.Quorum;
import java.util.List;

/// What a leader that sleeps counts on, or is about to: which followers agreed to its offer, and
/// whether their stores still promise what they agreed at.
final class Backing {
  private final RangeReplica replica;
  private final Vouching vouching;
  private final long round;
  private final long[] epochs;

  /// Nobody has agreed yet to what was offered in round `round`.
  Backing(RangeReplica replica, Vouching vouching, long round) {
    this.replica = replica;
    this.vouching = vouching;
    this.round = round;
    this.epochs = new long[membership().voters().size()];
  }

  /// True if the leader may ask for it: whoever lives has everything, and those who live are a
  /// quorum.
  static boolean isInReach(RangeReplica replica, Vouching vouching) {
    RaftGroup group = replica.group();
    Membership membership = group.membership();
    long last = group.lastEntry().index();
    for (PeerId voter : membership.voters()) {
      StoreId store = replica.storeOf(voter);
      if (store == null) {
        return false;
      }
      boolean isMissing =
          group.quiescing().matchOf(voter) != last || vouching.heldEpoch(store) == 0;
      if (!voter.equals(replica.peer()) && vouching.isUp(store) && isMissing) {
        return false;
      }
    }
    return Quorum.has(
        membership,
        peer ->
            peer.equals(replica.peer())
                || replica.storeOf(peer) instanceof StoreId store && vouching.isUp(store));
  }

  /// The membership in force. A replica at rest is not woken up for it: it has applied everything,
  /// so its descriptor says the same.
  private Membership membership() {
    return replica.isAtRest() ? Membership.of(replica.descriptor()) : replica.group().membership();
  }

  long round() {
    return round;
  }

  void agreed(PeerId voter, long epoch) {
    int slot = slotOf(voter);
    if (slot >= 0) {
      epochs[slot] = Math.max(epochs[slot], epoch);
    }
  }

  /// The epoch at which the voter agreed; 0: it did not.
  long epochOf(PeerId voter) {
    int slot = slotOf(voter);
    return slot < 0 ? 0 : epochs[slot];
  }

  private int slotOf(PeerId voter) {
    List<PeerId> voters = membership().voters();
    return voters.size() == epochs.length ? voters.indexOf(voter) : -1;
  }

  /// For how long from `nanos` on a quorum's promises hold; 0: they do not.
  long vouchedNanos(long nanos) {
    Membership membership = membership();
    return membership.voters().size() == epochs.length
        ? Math.max(0, Quorum.agreed(membership, peer -> nanosOf(membership, peer, nanos)))
        : 0;
  }

  /// For how long from `nanos` on the leader may count on the peer's store.
  long nanosOf(PeerId peer, long nanos) {
    return nanosOf(membership(), peer, nanos);
  }

  private long nanosOf(Membership membership, PeerId peer, long nanos) {
    if (peer.equals(replica.peer())) {
      return Long.MAX_VALUE;
    }
    int slot = membership.voters().indexOf(peer);
    StoreId store = PeerStores.named(peer, replica.descriptorOrNull());
    return store == null || slot < 0 || epochs[slot] == 0
        ? 0
        : vouching.heldNanos(store, epochs[slot], nanos);
  }
}
