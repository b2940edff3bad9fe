package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Ready.ReadBarrier;
import io.flotilla.raft.TestCluster.Link;
import io.flotilla.raft.membership.Membership;
import io.flotilla.sim.SeedLife;
import io.flotilla.spi.RandomSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// One random life of a group: a seed decides every step, faults included; [SafetyChecks] watches.
final class Schedule implements SeedLife {
  private static final int STEPS = 20_000;
  private static final int PEERS_MIN = 3;
  private static final int PEERS_MAX = 7;
  private static final RaftOptions OPTIONS = new RaftOptions(4, 1, 4, 4, 512, 160, 1024, 300, 128);

  private static final int NETWORK_MAX = 40;
  private static final int PHASE_STEPS = 700;

  private static final int LATE_MAX = 12;

  private record Read(PeerId peer, long floor) {}

  private record RoundStart(long term, long round) {}

  private final List<TestPeer> peers = new ArrayList<>();
  final SafetyChecks checks = new SafetyChecks(peers);
  private final List<Envelope> network = new ArrayList<>();
  private final List<Envelope> late = new ArrayList<>();
  private final Set<Link> cut = new HashSet<>();
  private final Map<Long, Read> reads = new HashMap<>();
  private final Map<PeerId, TreeMap<Long, Long>> roundTicks = new HashMap<>();
  private final Map<PeerId, RoundStart> lastRound = new HashMap<>();
  private final RandomSource random;
  private final ScheduleWeights weights;
  private final ScheduleMembership changes;
  private final ScheduleDiary diary = new ScheduleDiary();
  private long now;
  private long counter;
  private boolean faults = true;
  int readsServed;
  int membershipChanges;
  int installs;
  int rests;

  Schedule(long seed) {
    RandomSource root = new RandomSource(seed);
    random = root.fork("schedule");
    weights = new ScheduleWeights(root.fork("weights"));
    int count = PEERS_MIN + random.nextInt(PEERS_MAX - PEERS_MIN + 1);
    changes = new ScheduleMembership(root.fork("membership"), count);
    int voters = 1 + random.nextInt(Math.min(5, count));
    List<PeerId> first = new ArrayList<>();
    for (long i = 1; i <= voters; i++) {
      first.add(new PeerId(i));
    }
    Map<EntryId, Machine> snapshots = new HashMap<>();
    for (long i = 1; i <= count; i++) {
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
    diary.sent(envelope);
    checks.observeSent(from, envelope, now, OPTIONS.electionTicks());
    network.add(envelope);
    if (faults && network.size() > NETWORK_MAX) {
      network.remove(random.nextInt(network.size()));
    }
  }

  /// Returns the digest of every step and message, all that became durable, and what each peer came
  /// to.
  @Override
  public long run() {
    for (int i = 0; i < STEPS; i++) {
      boolean isNewPhase = i % PHASE_STEPS == 0;
      if (isNewPhase) {
        faults = random.oneIn(2);
      }
      step();
    }
    heal();
    return diary.digest();
  }

  @Override
  public String moment() {
    return "tick " + now;
  }

  @Override
  public String newest(int lines) {
    return diary.newest(lines);
  }

  private void step() {
    TestPeer peer = peers.get(random.nextInt(peers.size()));
    ScheduleWeights.Step step = weights.draw(random);
    if (step.isFault() && !faults) {
      step = ScheduleWeights.Step.HEAL;
    }
    diary.begin(now, step);
    switch (step) {
      case TICK -> tickAll();
      case DELIVER -> deliverOne();
      case LINK -> {
        Link link = new Link(busyPeer().id, anyPeer());
        diary.tell("network", "cut: " + link);
        cut.add(link);
      }
      case CUT_OFF -> cutOff(busyPeer());
      case HEAL -> {
        diary.tell("network", step);
        cut.clear();
      }
      case RESTART -> restart(peer);
      case CRASH -> crash(busyPeer());
      case READY -> ifUp(peerWith(up -> up.group.hasReady()), this::takeReady);
      case WORK -> ifUp(peerWith(up -> up.isBusy()), this::work);
      case PROPOSE -> ifUp(busyPeer(), this::propose);
      case READ -> ifUp(busyPeer(), this::read);
      case MEMBERSHIP -> ifUp(busyPeer(), this::changeMembership);
      case COMPACT -> ifUp(busyPeer(), this::compact);
      case TRANSFER -> ifUp(busyPeer(), this::transfer);
      case CAMPAIGN -> ifUp(peer, this::campaign);
      case ROUND -> ifUp(busyPeer(), this::startRound);
    }
  }

  private void ifUp(TestPeer peer, Consumer<TestPeer> step) {
    if (peer.isUp) {
      diary.befalls(peer);
      step.accept(peer);
      diary.state(peer);
      noteRounds(peer);
      checks.observe(peer, now);
    }
  }

  /// More often than not somebody who leads or wants to: that is where faults hurt.
  private TestPeer busyPeer() {
    return peerWith(peer -> peer.group.role() != RoleKind.FOLLOWER);
  }

  /// Some peer, and rather one of which `wish` is true.
  private TestPeer peerWith(Predicate<TestPeer> wish) {
    TestPeer peer = peers.get(random.nextInt(peers.size()));
    for (int i = 0; i < peers.size() && !(peer.isUp && wish.test(peer)); i++) {
      peer = peers.get(random.nextInt(peers.size()));
    }
    return peer;
  }

  private void campaign(TestPeer peer) {
    if (peer.group.role() == RoleKind.FOLLOWER) {
      peer.group.campaign();
    }
  }

  private PeerId anyPeer() {
    return new PeerId(1 + random.nextInt(peers.size()));
  }

  private void restart(TestPeer peer) {
    if (!peer.isUp) {
      diary.befalls(peer);
      peer.restart();
    }
  }

  private void crash(TestPeer peer) {
    if (peer.isUp) {
      diary.befalls(peer);
      checks.forget(peer);
      roundTicks.remove(peer.id);
      peer.crash();
    }
  }

  private void compact(TestPeer peer) {
    peer.compact(peer.group.compactionPoint().index() + random.nextInt(20));
  }

  /// The lease ends before a transfer, as the store sees to.
  private void transfer(TestPeer peer) {
    if (random.oneIn(2)) {
      peer.group.leadAnew();
    }
    if (peer.group.transferTo(anyPeer())) {
      checks.voidLease(peer);
    }
  }

  private void cutOff(TestPeer peer) {
    diary.befalls(peer);
    for (TestPeer other : peers) {
      cut.add(new Link(peer.id, other.id));
      cut.add(new Link(other.id, peer.id));
    }
  }

  private void tickAll() {
    now++;
    diary.begin(now, ScheduleWeights.Step.TICK);
    for (TestPeer peer : peers) {
      if (peer.isUp) {
        peer.group.tick();
        rests += peer.rest() ? 1 : 0;
        noteRounds(peer);
        checks.observe(peer, now);
      }
    }
  }

  /// Some messages are held up, and come when nobody expects them any more.
  private void deliverOne() {
    if (faults && !late.isEmpty() && random.oneIn(30)) {
      network.addFirst(late.remove(random.nextInt(late.size())));
    }
    if (network.isEmpty()) {
      return;
    }
    if (faults && late.size() < LATE_MAX) {
      int held = random.oneIn(30) ? random.nextInt(network.size()) : wordOfAHandOver();
      if (held >= 0) {
        late.add(network.remove(held));
        return;
      }
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
    diary.received(to, envelope.message());
    to.group.receive(envelope.message());
    diary.state(to);
    checks.observeReceived(to, envelope.message(), now);
    noteRounds(to);
    checks.observe(to, now);
  }

  /// The message that lets voters break their promises hurts most when it is late. -1: none now.
  private int wordOfAHandOver() {
    for (int i = 0; i < network.size() && random.oneIn(3); i++) {
      if (network.get(i).message() instanceof Message.CampaignNow) {
        return i;
      }
    }
    return -1;
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
    diary.ready(ready);
    noteRounds(peer);
    if (ready.install() != null) {
      installs++;
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

  /// Only who has something may become a voter, as the store makes sure.
  private boolean hasLog(PeerId peer) {
    return peers.get((int) peer.value() - 1).disk.lastIndex() > 0;
  }

  private void read(TestPeer peer) {
    long context = ++counter;
    reads.put(context, new Read(peer.id, checks.committed()));
    peer.group.readIndex(context);
  }

  /// Faults stop. The group must come to rest with everybody who belongs to it up to date.
  private void heal() {
    faults = false;
    diary.begin(now, ScheduleWeights.Step.HEAL);
    diary.tell("network", "all faults end");
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
      checks.observe(peer, now);
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
