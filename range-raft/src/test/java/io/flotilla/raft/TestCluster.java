package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// A whole group in one thread, with a network that loses nothing unless links are cut.
final class TestCluster {
  record Link(PeerId from, PeerId to) {}

  static final RaftOptions OPTIONS = new RaftOptions(10, 1, 10, 16, 4096, 512, 4096, 1024, 256);

  final SortedMap<PeerId, TestPeer> peers = new TreeMap<>();
  final Deque<Envelope> network = new ArrayDeque<>();
  final Set<Link> cut = new HashSet<>();
  boolean isNetworkHeld;
  private final Map<EntryId, Machine> snapshots = new HashMap<>();
  private final RaftOptions options;
  private final RandomSource random;

  TestCluster(RaftOptions options, long seed) {
    this.options = options;
    this.random = new RandomSource(seed);
  }

  static TestCluster ofVoters(int count) {
    TestCluster cluster = new TestCluster(OPTIONS, 1);
    Membership membership = Machine.parse("1,2,3,4,5,6,7".substring(0, 2 * count - 1));
    membership.voters().forEach(peer -> cluster.add(peer, membership));
    return cluster;
  }

  static PeerId id(long value) {
    return new PeerId(value);
  }

  TestPeer peer(long value) {
    return peers.get(id(value));
  }

  TestPeer add(PeerId id, Membership membership) {
    TestDisk disk = new TestDisk(Machine.starting(membership));
    RandomSource own = random.fork("peer " + id);
    TestPeer peer = new TestPeer(id, disk, options, own, snapshots, network::add);
    peers.put(id, peer);
    return peer;
  }

  void cut(PeerId peer) {
    for (PeerId other : peers.keySet()) {
      cut.add(new Link(peer, other));
      cut.add(new Link(other, peer));
    }
  }

  void heal() {
    cut.clear();
  }

  /// Delivers one message; those on cut links or to nobody are lost.
  void deliver(Envelope envelope) {
    TestPeer to = peers.get(envelope.to());
    if (to != null
        && to.isUp
        && !cut.contains(new Link(envelope.message().from(), envelope.to()))) {
      to.group.receive(envelope.message());
    }
  }

  /// Runs until no peer has anything to do and no message is under way.
  void settle() {
    do {
      peers.values().stream().filter(peer -> peer.isUp).forEach(TestPeer::settle);
      int waiting = isNetworkHeld ? 0 : network.size();
      for (int i = 0; i < waiting; i++) {
        deliver(network.removeFirst());
      }
    } while ((!isNetworkHeld && !network.isEmpty())
        || peers.values().stream().anyMatch(p -> p.isUp && p.isBusy()));
  }

  void tick() {
    peers.values().stream().filter(peer -> peer.isUp).forEach(peer -> peer.group.tick());
    settle();
  }

  void tickUntil(BooleanSupplier condition) {
    for (int i = 0; i < 1000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      tick();
    }
    throw new AssertionError("not within 1000 ticks");
  }

  /// Makes `value` the leader at once.
  TestPeer elect(long value) {
    TestPeer peer = peer(value);
    peer.group.campaign();
    settle();
    tick();
    if (peer.group.role() != RoleKind.LEADER) {
      throw new AssertionError(value + " was not elected");
    }
    return peer;
  }
}
