package io.flotilla.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.RaftOptions;
import io.flotilla.raft.RoleKind;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.replica.ReplicaOptions;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.spi.EventSink;
import io.flotilla.store.StoreEvent;
import io.flotilla.store.StoreOptions;
import io.flotilla.store.liveness.LivenessOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Several simulated stores, their network, and the rules that hold at every moment.
public final class SimFleet {
  public static final long MILLI = 1_000_000L;
  public static final long SECOND = 1_000 * MILLI;

  private final SimWorld world;
  private final SimNetwork network;
  private final Map<StoreId, SimStore> stores = new TreeMap<>();
  private final CheckedState.Agreement agreement;
  private final Map<String, StoreId> leaders = new HashMap<>();
  private final List<StoreEvent> events = new ArrayList<>();
  private final StoreOptions options;
  private final Set<StoreEvent.ReplicaRemoved> removed = new HashSet<>();
  private BiConsumer<SimStore, StoreEvent> onEvent = (_, _) -> {};
  private final LeaseRules leases = new LeaseRules();
  private boolean failuresExpected;
  private int eventsAnswered;
  private long readsAsleep;

  public SimFleet(long seed, StoreOptions options) {
    this.world = new SimWorld(seed);
    this.network = new SimNetwork(world.random("net"), world, world.outside());
    network.watch(world::trace, what -> world.tell("network", what));
    this.agreement = new CheckedState.Agreement(world::trace);
    this.options = options;
  }

  /// Options for small and quick worlds: little log, small entries, ticks of 20 ms.
  public static StoreOptions smallOptions() {
    RaftOptions raft =
        new RaftOptions(10, 1, 17, 16, 64 << 10, 16 << 10, 256 << 10, 64 << 10, 4 << 10);
    ReplicaOptions replica =
        new ReplicaOptions(
            raft, 20 * MILLI, true, 4 << 10, 1_000, 100, 8 << 10, 16 << 10, 256 << 10, 50, 50);
    LivenessOptions liveness =
        new LivenessOptions(true, 300 * MILLI, 3, 10, 10, 10, 30, 200, SECOND, 100);
    return new StoreOptions(
        replica, 1 << 20, 64 << 10, 16 << 10, 64, 2, 8 << 20, 2 << 10, 5, 3, SECOND, liveness);
  }

  public SimWorld world() {
    return world;
  }

  public SimNetwork network() {
    return network;
  }

  CheckedState.Agreement agreement() {
    return agreement;
  }

  public SimStore add(long id) {
    return add(id, 1, 1000);
  }

  public SimStore add(long id, int loopCount, int clockPerMille) {
    StoreId storeId = new StoreId(id);
    SimStore store = new SimStore(this, storeId, loopCount, clockPerMille, options);
    stores.put(storeId, store);
    return store;
  }

  public SimStore store(long id) {
    SimStore store = stores.get(new StoreId(id));
    if (store == null) {
      throw new IllegalArgumentException("no store " + id);
    }
    return store;
  }

  public List<SimStore> stores() {
    return List.copyOf(stores.values());
  }

  /// A new fleet: the first range is on store 1, as peer 1.
  public void bootstrap() {
    SimStore first = store(1);
    first.make();
    ReplicaDescriptor replica = new ReplicaDescriptor(new PeerId(1), first.id(), ReplicaKind.VOTER);
    first
        .store()
        .bootstrap(
            new RangeDescriptor(RangeDescriptor.FIRST, KeySpan.ALL, 1, List.of(replica)),
            List.of());
    first.store().start();
  }

  // Rules ---------------------------------------------------------------------------------------

  void onEvent(SimStore store, EventSink.Event event) {
    if (!(event instanceof StoreEvent mine)) {
      return;
    }
    events.add(mine);
    world.tell("store " + store.id(), mine);
    onEvent.accept(store, mine);
    switch (mine) {
      case StoreEvent.RoleChanged role when role.role() == RoleKind.LEADER -> {
        StoreId before = leaders.putIfAbsent(role.range() + "/" + role.term(), store.id());
        check(
            before == null || before.equals(store.id()),
            "one leader in a term: " + before + " and " + role);
      }
      case StoreEvent.ReplicaRemoved gone -> removed.add(gone);
      case StoreEvent.ReplicaCreated made ->
          check(
              !removed.contains(
                  new StoreEvent.ReplicaRemoved(made.store(), made.range(), made.peer())),
              "a replica that was removed never comes back: " + made);
      case StoreEvent.ReplicaPoisoned poisoned when !failuresExpected ->
          throw new AssertionError("seed " + world.seed() + ": " + poisoned, poisoned.cause());
      case StoreEvent.StoreFailed failed when !failuresExpected ->
          throw new AssertionError("seed " + world.seed() + ": " + failed, failed.cause());
      default -> {}
    }
  }

  /// Calls `listener` at every event, in the midst of the store's own work.
  void listen(BiConsumer<SimStore, StoreEvent> listener) {
    onEvent = listener;
  }

  /// From now on stores may fail and replicas may break.
  public void expectFailures() {
    failuresExpected = true;
  }

  /// A read was answered by the store's replica.
  void countRead(SimStore store, RangeId range, boolean leased) {
    if (leased && store.isUp()) {
      store
          .store()
          .listReplicas(all ->
              readsAsleep +=
                  all.stream().filter(r -> r.range().equals(range) && r.asleep()).count());
    }
  }

  long readsAsleep() {
    return readsAsleep;
  }

  /// Looks from now on at everything that leases rest on.
  public void lookAtLemmas() {
    leases.lookAtLemmas();
  }

  public void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(
          "seed " + world.seed() + " at " + world.nanos() / MILLI + " ms: " + rule);
    }
  }

  // Going on ------------------------------------------------------------------------------------

  /// Runs for so long, looking at the leases now and then.
  public void run(long nanos) {
    long end = world.nanos() + nanos;
    while (world.nanos() < end) {
      world.runFor(Math.min(leases.everyNanos(), end - world.nanos()));
      leases.look(this);
    }
  }

  /// Runs until `done`, or fails after so long.
  public void runUntil(String what, long nanosMax, BooleanSupplier done) {
    long end = world.nanos() + nanosMax;
    while (!done.getAsBoolean()) {
      check(world.nanos() < end, "waited too long for: " + what);
      world.runFor(MILLI);
      leases.look(this);
    }
  }

  public List<StoreEvent> events() {
    return events;
  }

  public <E extends StoreEvent> List<E> events(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  // Looking -------------------------------------------------------------------------------------

  /// The store whose machine leads the range, null if there is none (yet).
  public @Nullable SimStore leader(RangeId range) {
    SimStore found = null;
    for (SimStore store : stores.values()) {
      for (MapMachine machine : store.machines()) {
        if (machine.range().equals(range) && machine.isLeading()) {
          found = store;
        }
      }
    }
    return found;
  }

  public SimStore awaitLeader(RangeId range) {
    runUntil("a leader of range " + range, 20 * SECOND, () -> leader(range) != null);
    SimStore leader = leader(range);
    if (leader == null) {
      throw new AssertionError("the leader is gone");
    }
    return leader;
  }

  public @Nullable MapMachine machine(SimStore store, RangeId range) {
    for (MapMachine machine : store.machines()) {
      if (machine.range().equals(range)) {
        return machine;
      }
    }
    return null;
  }

  /// The newest descriptor that any machine knows, by range.
  public Map<RangeId, RangeDescriptor> descriptors() {
    Map<RangeId, RangeDescriptor> newest = new TreeMap<>();
    for (SimStore store : stores.values()) {
      for (MapMachine machine : store.machines()) {
        newest.merge(
            machine.range(),
            machine.access().descriptor(),
            (a, b) -> a.generation() >= b.generation() ? a : b);
      }
    }
    return newest;
  }

  public RangeDescriptor descriptor(RangeId range) {
    RangeDescriptor descriptor = descriptors().get(range);
    if (descriptor == null) {
      throw new AssertionError("nobody has range " + range);
    }
    return descriptor;
  }

  /// Runs until every replica that any descriptor names is there with the newest descriptor, and
  /// nobody else is.
  public void settle() {
    runUntil(
        "the fleet to settle",
        120 * SECOND,
        () -> {
          answerMissing();
          return isSettled();
        });
  }

  /// What the placement driver would say to replicas that miss their leader. It must speak of what
  /// a leader told it after the question was asked: an older descriptor may lack a replica that was
  /// added since.
  public void answerMissing() {
    for (; eventsAnswered < events.size(); eventsAnswered++) {
      if (events.get(eventsAnswered) instanceof StoreEvent.LeaderMissing missing) {
        SimStore store = store(missing.store().value());
        SimStore leader = leader(missing.range());
        MapMachine machine = leader == null ? null : machine(leader, missing.range());
        if (machine == null || !machine.access().leaseHolds()) {
          continue;
        }
        RangeDescriptor newest = machine.access().descriptor();
        if (newest.replica(missing.peer()).isEmpty() && store.isUp()) {
          store.store().replicaGone(missing.range(), missing.peer(), newest.generation());
        }
      }
    }
  }

  public boolean isSettled() {
    for (RangeDescriptor range : descriptors().values()) {
      if (leader(range.id()) == null || range.isJoint()) {
        return false;
      }
      for (SimStore store : stores()) {
        MapMachine machine = machine(store, range.id());
        boolean wanted = range.replicaOn(store.id()).isPresent();
        boolean is = machine != null;
        if (wanted != is
            || machine != null
                && machine.access().descriptor().generation() != range.generation()) {
          return false;
        }
      }
    }
    return true;
  }

  /// Every replica of every store, for people who look into a failed seed.
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (SimStore store : stores()) {
      text.append("store ").append(store.id()).append(store.isUp() ? "" : " is down").append('\n');
      if (store.isUp()) {
        List<ReplicaStatus> replicas = new ArrayList<>();
        store.store().listReplicas(replicas::addAll);
        world.runFor(MILLI);
        replicas.forEach(each -> text.append("  ").append(each).append('\n'));
      }
    }
    return text.toString();
  }

  // Doing ---------------------------------------------------------------------------------------

  public static Key key(String text) {
    return Key.of(text.getBytes(UTF_8));
  }

  /// Writes and waits until it is acknowledged, retrying what was refused.
  public void put(RangeId range, String key, String value) {
    AtomicReference<String> outcome = new AtomicReference<>("refused");
    long end = world.nanos() + 30 * SECOND;
    while (!outcome.get().equals("done")) {
      check(world.nanos() < end, "no acknowledgement for " + key + ": " + outcome.get());
      SimStore leader = awaitLeader(range);
      outcome.set("open");
      leader
          .store()
          .serve(
              range,
              new MapMachine.MapRequest.Put(
                  key(key),
                  value.getBytes(UTF_8),
                  done -> outcome.set(done.toString().startsWith("Applied") ? "done" : "" + done),
                  refusal -> outcome.set("" + refusal)));
      long patience = world.nanos() + 3 * SECOND;
      runUntil(
          "an answer", 4 * SECOND, () -> !outcome.get().equals("open") || world.nanos() > patience);
    }
  }

  /// Reads and waits for the value.
  public @Nullable String get(RangeId range, String key) {
    AtomicReference<@Nullable String> value = new AtomicReference<>();
    AtomicReference<String> outcome = new AtomicReference<>("refused");
    long end = world.nanos() + 30 * SECOND;
    while (!outcome.get().equals("done")) {
      check(world.nanos() < end, "no value for " + key + ": " + outcome.get());
      SimStore leader = awaitLeader(range);
      outcome.set("open");
      leader
          .store()
          .serve(
              range,
              new MapMachine.MapRequest.Get(
                  key(key),
                  (bytes, _) -> {
                    value.set(bytes == null ? null : new String(bytes, UTF_8));
                    outcome.set("done");
                  },
                  refusal -> outcome.set("" + refusal)));
      long patience = world.nanos() + 3 * SECOND;
      runUntil(
          "an answer", 4 * SECOND, () -> !outcome.get().equals("open") || world.nanos() > patience);
    }
    return value.get();
  }

  /// Does an operator's step on the range's leader until it is done.
  public AdminOutcome.Done admin(
      RangeId range, java.util.function.BiConsumer<SimStore, Consumer<AdminOutcome>> step) {
    long end = world.nanos() + 60 * SECOND;
    AdminOutcome last = null;
    while (world.nanos() < end) {
      AtomicReference<@Nullable AdminOutcome> outcome = new AtomicReference<>();
      step.accept(awaitLeader(range), outcome::set);
      runUntil("an operator's answer", 60 * SECOND, () -> outcome.get() != null);
      last = outcome.get();
      if (last instanceof AdminOutcome.Done done) {
        return done;
      }
      run(100 * MILLI);
    }
    throw new AssertionError("seed " + world.seed() + ": the step did not succeed: " + last);
  }

  /// Splits at `at`; the right half is range `right`, its peers are numbered from `firstPeer` on.
  public void split(RangeId range, long right, long firstPeer, String at) {
    admin(
        range,
        (leader, onDone) -> {
          RangeDescriptor now = descriptor(range);
          List<PeerId> peers = new ArrayList<>();
          for (int i = 0; i < now.replicas().size(); i++) {
            peers.add(new PeerId(firstPeer + i));
          }
          leader.store().split(range, now.generation(), new RangeId(right), peers, key(at), onDone);
        });
  }

  /// A fleet of stores 1 to `count`, the first range with peers 1, 2, 3 on the first three of them.
  public static SimFleet ofThree(long seed, int count) {
    return ofThree(seed, count, smallOptions());
  }

  public static SimFleet ofThree(long seed, int count, StoreOptions options) {
    SimFleet fleet = new SimFleet(seed, options);
    for (int i = 1; i <= count; i++) {
      fleet.add(i);
    }
    for (int i = 2; i <= count; i++) {
      fleet.store(i).start();
    }
    fleet.bootstrap();
    fleet.addReplica(RangeDescriptor.FIRST, 2, 2);
    fleet.addReplica(RangeDescriptor.FIRST, 3, 3);
    fleet.run(SECOND);
    return fleet;
  }

  /// Makes store `to` the leader of the range.
  public void transfer(RangeId range, long to) {
    admin(range, (leader, onDone) -> leader.store().transferLeader(range, new StoreId(to), onDone));
    runUntil("store " + to + " to lead", 10 * SECOND, () -> leader(range) == store(to));
  }

  /// Writes about so many bytes, so that logs get compacted.
  public void fill(RangeId range, String prefix, int keys, int valueBytes) {
    for (int i = 0; i < keys; i++) {
      put(range, prefix + i, "x".repeat(valueBytes));
    }
  }

  /// Brings a range to these stores: adds learners, waits, swaps.
  public void addReplica(RangeId range, long store, long peer) {
    admin(
        range,
        (leader, onDone) -> {
          RangeDescriptor now = descriptor(range);
          List<ReplicaDescriptor> target = new ArrayList<>(now.replicas());
          if (now.replica(new PeerId(peer)).isEmpty()) {
            target.add(
                new ReplicaDescriptor(new PeerId(peer), new StoreId(store), ReplicaKind.LEARNER));
          }
          leader.store().changeMembership(range, now.generation(), target, onDone);
        });
    admin(
        range,
        (leader, onDone) -> {
          RangeDescriptor now = descriptor(range);
          List<ReplicaDescriptor> target = new ArrayList<>();
          for (ReplicaDescriptor each : now.replicas()) {
            target.add(each.withKind(ReplicaKind.VOTER));
          }
          leader.store().changeMembership(range, now.generation(), target, onDone);
        });
  }

  public void removeReplica(RangeId range, long store) {
    admin(
        range,
        (leader, onDone) -> {
          RangeDescriptor now = descriptor(range);
          List<ReplicaDescriptor> target = new ArrayList<>(now.replicas());
          target.removeIf(each -> each.store().equals(new StoreId(store)));
          leader.store().changeMembership(range, now.generation(), target, onDone);
        });
  }
}
