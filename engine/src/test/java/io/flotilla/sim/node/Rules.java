package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaLens;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.sim.SimSnapshotStorage;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.sim.SimWorld;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StateStorage;
import io.flotilla.store.BacklogRule;
import io.flotilla.store.Store;
import io.flotilla.store.StoreEvent;
import io.flotilla.store.StoreLens;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The rules that hold at every event of a fleet, each checked where what it speaks of happens: at
/// the disk, on the wire, at the store's own events; and those of the replicas' memory between
/// events.
final class Rules implements SimulatedNode.Watch {
  /// Of what the workload writes, or of a placement driver that has not seen many stores.
  private static final long ENTRY_BYTES_MAX = 3 << 10;

  /// A look brings back what a sleeping replica has put away, so most looks leave those out.
  private static final int LOOKS_INTO_SLEEP = 64;

  /// At so manieth index the data of replicas is compared; in one seed of four at each.
  private static final int DIGEST_EVERY = 8;

  private final SimWorld world;
  private final Transcript transcript;
  private final Truth truth = new Truth();
  private final Map<Integer, WatchedLog> logs = new TreeMap<>();
  private final Map<Integer, WatchedState> states = new TreeMap<>();
  private final Map<Integer, Power> powers = new TreeMap<>();
  private final Map<Integer, Power> nextPower = new TreeMap<>();
  private final int digestEvery;
  private final Map<StoreId, WatchedLog> byStore = new TreeMap<>();
  private final Set<StoreEvent.ReplicaRemoved> removed = new HashSet<>();
  private final Set<Integer> mayFail = new HashSet<>();
  private final Map<RangeReplica, long[]> seen = new java.util.WeakHashMap<>();
  private final BacklogRule backlog = new BacklogRule();
  private final LeaseRules leases;
  private final QuorumRules quorums = new QuorumRules(byStore::get);
  private BiConsumer<SimulatedNode, StoreEvent> listener = (_, _) -> {};
  private Consumer<SimulatedNode> onExit = _ -> {};
  private Consumer<SimulatedNode> onLogReplaced = _ -> {};
  private long looks;
  private BiConsumer<SimulatedNode, RangeMessage> onSend = (_, _) -> {};

  Rules(SimWorld world, Transcript transcript) {
    this.world = world;
    this.transcript = transcript;
    this.leases = new LeaseRules(world);
    this.digestEvery = world.seed() % 4 == 0 ? 1 : DIGEST_EVERY;
  }

  Truth truth() {
    return truth;
  }

  @Nullable WatchedLog log(SimulatedNode node) {
    return logs.get(node.number());
  }

  @Nullable WatchedState state(SimulatedNode node) {
    return states.get(node.number());
  }

  /// The node's disk will fail: it may stop by itself, in this life.
  void expectFailure(SimulatedNode node) {
    mayFail.add(node.number());
  }

  /// The power of the node is cut, and with it ends what was expected.
  void expectNothing(SimulatedNode node) {
    mayFail.remove(node.number());
  }

  /// Who hears of every event of a store, in the midst of the store's own work.
  void listen(BiConsumer<SimulatedNode, StoreEvent> newListener) {
    listener = newListener;
  }

  /// Who hears of processes that ended by themselves.
  void onExit(Consumer<SimulatedNode> listenerOfExits) {
    onExit = listenerOfExits;
  }

  /// Who hears of every message to another store, just before it leaves.
  void onSend(BiConsumer<SimulatedNode, RangeMessage> listenerOfMessages) {
    onSend = listenerOfMessages;
  }

  /// Who hears that a log starts elsewhere from now on, durably.
  void onLogReplaced(Consumer<SimulatedNode> listenerOfLogs) {
    onLogReplaced = listenerOfLogs;
  }

  // Disk ----------------------------------------------------------------------------------------

  /// The power of the node is cut before so manieth operation of its disk in its next life; `cut`
  /// does it.
  void cutPowerAt(SimulatedNode node, int operation, Runnable cut) {
    nextPower.put(node.number(), new Power(operation, cut));
  }

  /// No power is cut any more that was to be.
  void calmPower() {
    nextPower.clear();
    powers.values().forEach(Power::calm);
  }

  @Override
  public LogStorage log(SimulatedNode node, SimLogStorage log) {
    Power next = nextPower.remove(node.number());
    Power power = next == null ? Power.steady() : next;
    powers.put(node.number(), power);
    WatchedLog watched =
        new WatchedLog(log, node::state, node.disk()::hasNoRoom, truth, power, world::trace);
    watched.onReplaced(() -> onLogReplaced.accept(node));
    logs.put(node.number(), watched);
    byStore.put(Objects.requireNonNull(node.id()), watched);
    return watched;
  }

  @Override
  public StateStorage state(SimulatedNode node, SimStateStorage state) {
    WatchedLog log = Objects.requireNonNull(logs.get(node.number()));
    Power power = Objects.requireNonNull(powers.get(node.number()));
    WatchedState watched = new WatchedState(state, log, truth, power, world::trace, digestEvery);
    states.put(node.number(), watched);
    return watched;
  }

  @Override
  public SnapshotStorage snapshots(SimulatedNode node, SimSnapshotStorage snapshots) {
    WatchedState state = Objects.requireNonNull(states.get(node.number()));
    return new WatchedSnapshots(
        snapshots, state, Objects.requireNonNull(powers.get(node.number())));
  }

  // Wire ----------------------------------------------------------------------------------------

  /// Nothing is promised before it is durable.
  @Override
  public void sent(SimulatedNode node, List<RangeMessage> messages) {
    WatchedLog log = Objects.requireNonNull(logs.get(node.number()));
    for (RangeMessage each : messages) {
      leases.sent(node, each);
      onSend.accept(node, each);
      switch (each.message()) {
        case Message.VoteReply(_, long term, boolean granted) when granted ->
            Broken.check(
                log.hasVoted(each.range(), term),
                () -> node.number() + " granted a vote that is not durable: " + each);
        case Message.AppendReply(_, _, Message.AppendResult.Accepted(long last)) ->
            Broken.check(
                last == 0 || log.reaches(each.range(), last),
                () -> node.number() + " accepted entries that are not durable: " + each);
        default -> {}
      }
    }
  }

  // Events --------------------------------------------------------------------------------------

  @Override
  public void event(SimulatedNode node, EventSink.Event event) {
    transcript.add(node.number(), event);
    world.trace(event.toString());
    if (!(event instanceof StoreEvent mine)) {
      return;
    }
    listener.accept(node, mine);
    switch (mine) {
      case StoreEvent.RoleChanged role when role.role() == RoleKind.LEADER ->
          truth.led(role.range(), role.term(), role.store());
      case StoreEvent.ReplicaRemoved gone -> removed.add(gone);
      case StoreEvent.ReplicaCreated made ->
          Broken.check(
              !removed.contains(
                  new StoreEvent.ReplicaRemoved(made.store(), made.range(), made.peer())),
              () -> "a replica that was removed came back: " + made);
      case StoreEvent.ReplicaPoisoned poisoned -> {
        Broken broken = new Broken("a replica is broken: " + poisoned);
        broken.initCause(poisoned.cause());
        throw broken;
      }
      case StoreEvent.StoreFailed _ when node.disk().isGone() -> expectFailure(node);
      // Nor may it for want of room: a disk that was filled lets it look first, see SimulatedDisk.
      case StoreEvent.StoreFailed failed
          when node.isRunning() && !mayFail.contains(node.number()) -> {
        Broken broken = new Broken("a store failed though its disk is well: " + failed);
        broken.initCause(failed.cause());
        throw broken;
      }
      default -> {}
    }
  }

  @Override
  public void exited(SimulatedNode node, String reason) {
    transcript.add(node.number(), "exits: " + reason);
    boolean expected =
        mayFail.remove(node.number())
            || node.disk().isGone()
            || reason.startsWith("could not join");
    Broken.check(expected, () -> "node " + node.number() + " ended by itself: " + reason);
    onExit.accept(node);
  }

  // Memory --------------------------------------------------------------------------------------

  /// Looks at every replica: commit, applied and term never move back, and see [LeaseRules] and
  /// [QuorumRules].
  void look(Collection<SimulatedNode> nodes) {
    leases.beginLook();
    looks++;
    for (SimulatedNode node : nodes) {
      Store store = node.store();
      if (store != null) {
        if (looks % LOOKS_INTO_SLEEP == 0) {
          StoreLens.replicas(store, replica -> look(node, replica));
        } else {
          StoreLens.replicasInMemory(store, replica -> look(node, replica));
        }
        requireBound(node, "the store", StoreLens.overfull(store));
        requireBound(node, "in front of the store", node.overfull());
        requireBound(node, "the store", backlog.broken(store));
      }
    }
    leases.begun().forEach(range -> lookAtSleepers(nodes, range));
  }

  /// Where a lease begins, none may go on, not even of a replica that sleeps.
  private void lookAtSleepers(Collection<SimulatedNode> nodes, RangeDescriptor leased) {
    for (SimulatedNode node : nodes) {
      Store store = node.store();
      if (store != null) {
        StoreLens.replicas(
            store,
            replica -> {
              RangeDescriptor range = replica.descriptorOrNull();
              boolean isTouched = range != null && range.span().overlaps(leased.span());
              if (isTouched && ReplicaLens.isResting(replica)) {
                look(node, replica);
              }
            });
      }
    }
  }

  private void look(SimulatedNode node, RangeReplica replica) {
    long[] now = {replica.term(), replica.committed(), replica.applied().index()};
    long[] before = seen.put(replica, now);
    if (before != null) {
      requireForward(node, replica, "term", before[0], now[0]);
      requireForward(node, replica, "commit index", before[1], now[1]);
      requireForward(node, replica, "applied index", before[2], now[2]);
    }
    Broken.check(
        replica.applied().index() <= replica.committed(),
        () ->
            "node " + node.number() + " range " + replica.id() + " applied more than is committed");
    requireBound(node, replica, ReplicaLens.overfull(replica, ENTRY_BYTES_MAX));
    quorums.look(Objects.requireNonNull(node.id()), replica);
    leases.look(node, replica);
  }

  private static void requireBound(SimulatedNode node, Object where, @Nullable String overfull) {
    Broken.check(
        overfull == null,
        () -> {
          String place = where instanceof RangeReplica it ? "range " + it.id() : where.toString();
          return "node " + node.number() + ", " + place + ": a queue beyond its bound: " + overfull;
        });
  }

  private static void requireForward(
      SimulatedNode node, RangeReplica replica, String what, long before, long now) {
    Broken.check(
        now >= before,
        () ->
            "node "
                + node.number()
                + " range "
                + replica.id()
                + ": "
                + what
                + " moved back from "
                + before
                + " to "
                + now);
  }
}
