package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Ready.ReadBarrier;
import io.flotilla.raft.TestCluster.Link;
import io.flotilla.raft.membership.Membership;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// One random life of a group: a seed decides every step, faults included; [SafetyChecks] watches.
final class Schedule {
  private static final int PEERS = 7;
  private static final RaftOptions OPTIONS = new RaftOptions(5, 1, 4, 512, 160, 1024, 300, 128);

  private record Read(PeerId peer, long floor) {}

  private record RoundStart(long term, long round) {}

  final SafetyChecks checks = new SafetyChecks();
  private final List<TestPeer> peers = new ArrayList<>();
  private final List<Envelope> network = new ArrayList<>();
  private final Set<Link> cut = new HashSet<>();
  private final Map<Long, Read> reads = new HashMap<>();
  private final Map<PeerId, TreeMap<Long, Long>> roundTicks = new HashMap<>();
  private final Map<PeerId, RoundStart> lastRound = new HashMap<>();
  private final RandomSource random;
  private final ScheduleMembership changes;
  private long now;
  private long counter;
  private boolean faults = true;
  int readsServed;
  int membershipChanges;
  int installs;

  Schedule(long seed) {
    RandomSource root = new RandomSource(seed);
    random = root.fork("schedule");
    changes = new ScheduleMembership(root.fork("membership"), PEERS);
    int voters = 1 + random.nextInt(5);
    List<PeerId> first = new ArrayList<>();
    for (long i = 1; i <= voters; i++) {
      first.add(new PeerId(i));
    }
    Map<EntryId, Machine> snapshots = new HashMap<>();
    for (long i = 1; i <= PEERS; i++) {
      Membership own = i <= voters ? Membership.ofVoters(first) : Machine.NOBODY;
      TestDisk disk = new TestDisk(Machine.starting(own));
      PeerId id = new PeerId(i);
      List<TestPeer> self = new ArrayList<>();
      TestPeer peer =
          new TestPeer(
              id,
              disk,
              OPTIONS,
              root.fork("peer " + i),
              snapshots,
              envelope -> post(self.getFirst(), envelope));
      self.add(peer);
      peers.add(peer);
    }
  }

  private void post(TestPeer from, Envelope envelope) {
    checks.observeSent(from, envelope);
    network.add(envelope);
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  private void step() {
    int kind = random.nextInt(1000);
    TestPeer peer = peers.get(random.nextInt(PEERS));
    if (kind < 15) {
      tickAll();
    } else if (kind < 400) {
      deliverOne();
    } else if (!peer.isUp) {
      if (kind > 950) {
        peer.restart();
      }
    } else if (kind < 600) {
      takeReady(peer);
    } else if (kind < 830) {
      work(peer);
    } else if (kind < 880) {
      propose(peer);
    } else {
      rare(peer, kind);
    }
    if (peer.isUp) {
      checks.observe(peer, now);
    }
  }

  private void rare(TestPeer peer, int kind) {
    if (kind < 910) {
      read(peer);
    } else if (kind < 930) {
      changeMembership(peer);
    } else if (kind < 950) {
      peer.compact(peer.group.compactionPoint().index() + random.nextInt(20));
    } else if (kind < 956) {
      if (peer.group.transferTo(new PeerId(1 + random.nextInt(PEERS)))) {
        checks.voidLease(peer);
      }
    } else if (kind < 958) {
      peer.group.campaign();
    } else if (kind < 962) {
      checks.forget(peer);
      peer.crash();
      roundTicks.remove(peer.id);
    } else if (kind < 966) {
      cut.add(new Link(peer.id, new PeerId(1 + random.nextInt(PEERS))));
    } else if (kind < 968) {
      cutOff(peer);
    } else if (kind < 975) {
      cut.clear();
    } else {
      startRound(peer);
    }
  }

  private void cutOff(TestPeer peer) {
    for (TestPeer other : peers) {
      cut.add(new Link(peer.id, other.id));
      cut.add(new Link(other.id, peer.id));
    }
  }

  private void tickAll() {
    now++;
    for (TestPeer peer : peers) {
      if (peer.isUp) {
        peer.group.tick();
        noteRounds(peer);
        checks.observe(peer, now);
      }
    }
  }

  private void deliverOne() {
    if (network.isEmpty()) {
      return;
    }
    boolean reorders = faults && random.oneIn(4);
    int position = reorders ? random.nextInt(network.size()) : 0;
    boolean duplicates = faults && random.oneIn(30);
    Envelope envelope = duplicates ? network.get(position) : network.remove(position);
    boolean loses = faults && random.oneIn(40);
    TestPeer to = peers.get((int) envelope.to().value() - 1);
    if (loses || !to.isUp || cut.contains(new Link(envelope.message().from(), envelope.to()))) {
      return;
    }
    to.group.receive(envelope.message());
    noteRounds(to);
    checks.observe(to, now);
  }

  private void startRound(TestPeer peer) {
    peer.group.startRound();
    noteRounds(peer);
  }

  /// Remembers at which tick a leader's rounds were started, as a store does.
  private void noteRounds(TestPeer peer) {
    RoundStart started = new RoundStart(peer.group.term(), peer.group.startedRound());
    RoundStart known = lastRound.put(peer.id, started);
    if (peer.group.role() != RoleKind.LEADER) {
      roundTicks.remove(peer.id);
      checks.voidLease(peer);
      return;
    }
    if (known == null || known.term() != started.term()) {
      roundTicks.put(peer.id, new TreeMap<>());
    }
    roundTicks.computeIfAbsent(peer.id, _ -> new TreeMap<>()).putIfAbsent(started.round(), now);
  }

  private void takeReady(TestPeer peer) {
    if (!peer.group.hasReady()) {
      return;
    }
    noteRounds(peer);
    Ready ready = peer.takeReady(taken -> checks.observeReady(peer, taken));
    noteRounds(peer);
    if (ready.install() != null) {
      installs++;
    }
    if (Boolean.getBoolean("raft.trace")) {
      System.out.println(
          now
              + " "
              + peer.id
              + " "
              + peer.group.role()
              + " t"
              + peer.group.term()
              + " c"
              + peer.group.committed()
              + " "
              + Machine.format(peer.group.membership())
              + " "
              + ready);
    }
    TreeMap<Long, Long> started = roundTicks.get(peer.id);
    if (ready.confirmedRound() > 0 && started != null) {
      var round = started.floorEntry(ready.confirmedRound());
      if (round != null) {
        checks.lease(peer, round.getValue() + OPTIONS.electionTicks() - 1);
      }
    }
    for (ReadBarrier barrier : peer.reads) {
      Read read = reads.remove(barrier.context());
      if (read != null && !barrier.isRefused()) {
        readsServed++;
        SafetyChecks.require(
            barrier.index() >= read.floor(), "a read is current", read, barrier.index());
      }
    }
    peer.reads.clear();
  }

  private void work(TestPeer peer) {
    int kind = random.nextInt(7);
    switch (kind / 2) {
      case 0 -> {
        if (!peer.persisting.isEmpty()) {
          peer.persistOne();
          noteRounds(peer);
        }
      }
      case 1 -> {
        if (!peer.applying.isEmpty()) {
          apply(peer);
        }
      }
      case 2 -> {
        if (!peer.fetching.isEmpty()) {
          peer.fetchOne();
        }
      }
      default -> {
        if (!peer.snapshotting.isEmpty()) {
          peer.snapshotOne(!faults || !random.oneIn(4));
        }
      }
    }
  }

  private void apply(TestPeer peer) {
    Membership before = peer.machine.membership();
    peer.applyOne();
    checks.observeApplied(peer);
    if (!before.equals(peer.machine.membership())) {
      membershipChanges++;
      checks.voidLease(peer);
      roundTicks.remove(peer.id);
    }
    noteRounds(peer);
  }

  private void propose(TestPeer peer) {
    if (peer.group.role() == RoleKind.LEADER) {
      peer.group.propose(Machine.bytes("command " + counter++ + "x".repeat(random.nextInt(60))));
    }
  }

  private void changeMembership(TestPeer peer) {
    if (peer.group.role() == RoleKind.LEADER) {
      Membership next = changes.next(peer.group.membership(), this::hasLog);
      peer.group.proposeMembership(Machine.bytes(Machine.format(next)));
    }
  }

  /// Only who has something may become a voter: the others grant no votes, as the store makes sure.
  private boolean hasLog(PeerId peer) {
    return peers.get((int) peer.value() - 1).disk.lastIndex() > 0;
  }

  private void read(TestPeer peer) {
    long context = ++counter;
    reads.put(context, new Read(peer.id, checks.committed()));
    peer.group.readIndex(context);
  }

  /// Faults stop. The group must come to rest with everybody who belongs to it up to date.
  void heal() {
    faults = false;
    cut.clear();
    peers.stream().filter(peer -> !peer.isUp).forEach(TestPeer::restart);
    long proposed = -1;
    for (int tick = 0; tick < 400; tick++) {
      settle();
      for (TestPeer peer : peers) {
        if (proposed < 0 && peer.group.role() == RoleKind.LEADER) {
          long index = peer.group.lastEntry().index() + 1;
          boolean accepted = peer.group.propose(Machine.bytes("last")) instanceof Proposed.Accepted;
          proposed = accepted ? index : -1;
        }
      }
      settle();
      if (proposed > 0 && isAtRest(proposed)) {
        return;
      }
      proposed = proposed > 0 && tick % 100 == 99 ? -1 : proposed;
      tickAll();
    }
    throw new AssertionError("the group did not come to rest after the faults stopped" + state());
  }

  private String state() {
    StringBuilder text = new StringBuilder();
    for (TestPeer peer : peers) {
      RaftGroup group = peer.group;
      text.append("\n")
          .append(peer.id)
          .append(": ")
          .append(group.role())
          .append(" t" + group.term() + " leader " + group.leader() + " last " + group.lastEntry())
          .append(" committed " + group.committed() + " applied " + group.applied())
          .append(" compacted " + group.compactionPoint())
          .append(" " + Machine.format(group.membership()))
          .append(" " + group.followers());
    }
    return text.toString();
  }

  private boolean isAtRest(long index) {
    for (TestPeer leader : peers) {
      if (leader.group.role() == RoleKind.LEADER && leader.group.applied() >= index) {
        long last = leader.group.lastEntry().index();
        boolean all = true;
        for (PeerId member : leader.group.membership().peers()) {
          TestPeer peer = peers.get((int) member.value() - 1);
          all &= peer.machine.applied().index() == last;
        }
        if (all) {
          return true;
        }
      }
    }
    return false;
  }

  private void settle() {
    ArrayDeque<TestPeer> busy = new ArrayDeque<>();
    do {
      busy.clear();
      for (TestPeer peer : peers) {
        while (peer.isBusy()) {
          takeReady(peer);
          workAll(peer);
          checks.observe(peer, now);
        }
      }
      while (!network.isEmpty()) {
        deliverOne();
      }
      peers.stream().filter(TestPeer::isBusy).forEach(busy::add);
    } while (!busy.isEmpty());
  }

  private void workAll(TestPeer peer) {
    if (!peer.persisting.isEmpty()) {
      peer.persistOne();
    }
    if (!peer.applying.isEmpty()) {
      apply(peer);
    }
    if (!peer.fetching.isEmpty()) {
      peer.fetchOne();
    }
    if (!peer.snapshotting.isEmpty()) {
      peer.snapshotOne(true);
    }
    noteRounds(peer);
  }
}
