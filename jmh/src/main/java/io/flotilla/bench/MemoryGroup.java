package io.flotilla.bench;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.Envelope;
import io.flotilla.raft.GroupStart;
import io.flotilla.raft.HardState;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftOptions;
import io.flotilla.raft.Ready;
import io.flotilla.raft.RoleKind;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// A group of three in one thread: disks and state machines that take no time, a network that only
/// carries.
final class MemoryGroup {
  private static final int PEERS = 3;

  private final RaftGroup[] peers = new RaftGroup[PEERS];
  private final Deque<Envelope> network = new ArrayDeque<>();

  MemoryGroup(RandomSource random) {
    List<PeerId> voters = List.of(new PeerId(1), new PeerId(2), new PeerId(3));
    Membership membership = Membership.ofVoters(voters);
    GroupStart start =
        new GroupStart(HardState.INITIAL, EntryId.ZERO, List.of(), 0, 0, membership, false);
    for (int i = 0; i < PEERS; i++) {
      PeerId self = voters.get(i);
      peers[i] = new RaftGroup(RaftOptions.DEFAULT, self, start, random.fork("peer " + self));
    }
    leader().campaign();
    settle();
    if (leader().role() != RoleKind.LEADER) {
      throw new IllegalStateException("peer 1 was not elected");
    }
  }

  RaftGroup leader() {
    return peers[0];
  }

  /// Runs until nobody has anything to do and no message is under way.
  void settle() {
    boolean worked;
    do {
      worked = false;
      for (RaftGroup peer : peers) {
        worked |= runReady(peer);
      }
      for (Envelope next = network.poll(); next != null; next = network.poll()) {
        peers[(int) next.to().value() - 1].receive(next.message());
        worked = true;
      }
    } while (worked);
  }

  private boolean runReady(RaftGroup peer) {
    boolean worked = false;
    while (peer.hasReady()) {
      Ready ready = peer.takeReady();
      network.addAll(ready.sendNow());
      peer.persisted(ready.number());
      network.addAll(ready.sendOncePersisted());
      List<Entry> toApply = ready.toApply();
      if (!toApply.isEmpty()) {
        peer.applied(toApply.getLast().index());
      }
      worked = true;
    }
    return worked;
  }
}
