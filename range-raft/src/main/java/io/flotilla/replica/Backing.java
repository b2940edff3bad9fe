package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.membership.Membership;
import io.flotilla.raft.quorum.Quorum;
import java.util.Arrays;

/// What a leader that sleeps counts on, or is about to: the stores of the followers that agreed,
/// and at which epoch of each. Immutable, so that all ranges with the same followers share one.
public final class Backing {
  static final Backing NOBODY = new Backing(new StoreId[0], new long[0]);

  private final StoreId[] stores;
  private final long[] epochs;

  private Backing(StoreId[] stores, long[] epochs) {
    this.stores = stores;
    this.epochs = epochs;
  }

  /// This one, and the follower on `store`, which agreed at `epoch`; of two epochs the higher one.
  Backing with(StoreId store, long epoch) {
    int slot = slotOf(store);
    if (slot >= 0) {
      long[] newer = epochs.clone();
      newer[slot] = Math.max(newer[slot], epoch);
      return new Backing(stores, newer);
    }
    int count = stores.length;
    StoreId[] more = Arrays.copyOf(stores, count + 1);
    long[] newer = Arrays.copyOf(epochs, count + 1);
    int place = count;
    for (; place > 0 && more[place - 1].compareTo(store) > 0; place--) {
      more[place] = more[place - 1];
      newer[place] = newer[place - 1];
    }
    more[place] = store;
    newer[place] = epoch;
    return new Backing(more, newer);
  }

  /// The epoch at which the follower on `store` agreed; 0: it did not.
  long epochOf(StoreId store) {
    int slot = slotOf(store);
    return slot < 0 ? 0 : epochs[slot];
  }

  private int slotOf(StoreId store) {
    for (int i = 0; i < stores.length; i++) {
      if (stores[i].equals(store)) {
        return i;
      }
    }
    return -1;
  }

  /// For how long from `nanos` on a quorum's promises hold; 0: they do not.
  long vouchedNanos(RangeReplica replica, Vouching vouching, long nanos) {
    Membership membership = membershipOf(replica);
    return Math.max(0, Quorum.agreed(membership, peer -> nanosOf(replica, vouching, peer, nanos)));
  }

  /// For how long from `nanos` on the leader may count on the peer's store.
  long nanosOf(RangeReplica replica, Vouching vouching, PeerId peer, long nanos) {
    if (peer.equals(replica.peer())) {
      return Long.MAX_VALUE;
    }
    StoreId store = PeerStores.named(peer, replica.descriptorOrNull());
    long epoch = store == null ? 0 : epochOf(store);
    return store == null || epoch == 0 ? 0 : vouching.heldNanos(store, epoch, nanos);
  }

  /// The membership in force. A replica at rest is not woken up for it: it has applied everything,
  /// so its descriptor says the same.
  private static Membership membershipOf(RangeReplica replica) {
    return replica.isAtRest() ? Membership.of(replica.descriptor()) : replica.group().membership();
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
      if (isMissing && isAsked(replica, vouching, voter)) {
        return false;
      }
    }
    return Quorum.has(
        membership, peer -> peer.equals(replica.peer()) || isAsked(replica, vouching, peer));
  }

  /// True if a leader's sleep depends on the peer: it is another one, and its store is up.
  static boolean isAsked(RangeReplica replica, Vouching vouching, PeerId peer) {
    return !peer.equals(replica.peer())
        && replica.storeOf(peer) instanceof StoreId store
        && vouching.isUp(store);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Backing backing
        && Arrays.equals(stores, backing.stores)
        && Arrays.equals(epochs, backing.epochs);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(stores) + Arrays.hashCode(epochs);
  }
}
