package io.flotilla.sim.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.node.SimulatedClient;
import io.flotilla.engine.node.SimulatedDisk;
import io.flotilla.engine.node.SimulatedNetwork;
import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.sim.SimClock;
import io.flotilla.sim.SimWorld;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.Store;
import io.flotilla.store.StoreLens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// A whole fleet in this thread and in virtual time, with faults as told: for tests of code that
/// uses an [Engine], and of Flotilla itself.
///
/// ```java
/// try (SimulatedFleet fleet = SimulatedFleet.of(42, 3)) {
///   fleet.engine().put(key, value);
///   fleet.crash(1);
///   assertEquals(value, fleet.engine().get(key).orElseThrow());
/// }
/// ```
///
/// The nodes are the production nodes; what is simulated is their clocks, loops, disks and network.
/// Nothing happens but while this is asked to run: by [#runFor], or by a call of the engine, which
/// lets the world run until it is done. Everything is drawn from the seed, so the same test does
/// the same twice. While it runs, the rules of the fleet are checked after every event; one that
/// does not hold ends the run with a [Broken]. Confined to one thread.
public final class SimulatedFleet implements AutoCloseable {
  private static final int CLIENT_PROCESSES = 1_000;
  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final int TRANSCRIPT_LINES = 80;

  private final long seed;
  private final SimWorld world;
  private final SimulatedNetwork network;
  private final Transcript transcript;
  private final Rules rules;
  private final Map<String, String> options;
  private final Map<Integer, SimulatedNode> nodes = new TreeMap<>();
  private final RandomSource clocks;
  private final SimulatedNode.Surroundings around;
  private final SimulatedClient client;
  private String advice = "";
  private int clients;

  /// A fleet of so many nodes, which has begun to serve.
  public static SimulatedFleet of(long seed, int nodes) {
    SimulatedFleet fleet = new SimulatedFleet(seed, nodes, Map.of(), false);
    fleet.start();
    return fleet;
  }

  /// A fleet that is yet to be started.
  ///
  /// @param options of every node, by their names in the configuration file
  /// @param tight true: every queue is so small that it is full now and then
  public SimulatedFleet(long seed, int nodes, Map<String, String> options, boolean tight) {
    this.seed = seed;
    this.world = new SimWorld(seed);
    this.network = new SimulatedNetwork(world);
    this.transcript = new Transcript(world);
    this.rules = new Rules(world, transcript);
    this.options = new TreeMap<>(options);
    this.clocks = world.random("clocks");
    this.around = new SimulatedNode.Surroundings(world, network, "simulated-" + seed, rules, tight);
    world.afterEach(() -> rules.look(this.nodes.values()));
    for (int i = 0; i < nodes; i++) {
      add();
    }
    this.client = newClient(Duration.ofSeconds(30));
  }

  /// Makes one more node without starting it, and returns its number, from 1 on.
  public int add() {
    int number = nodes.size() + 1;
    int perMille = 960 + clocks.nextInt(81);
    SimClock clock = new SimClock(world, clocks.nextInt() * 1_000_003L, perMille);
    nodes.put(number, new SimulatedNode(around, number, options, 1 + clocks.nextInt(2), clock));
    return number;
  }

  /// Starts every node, the first one first, and runs until every range has all its replicas.
  public void start() {
    nodes.keySet().forEach(this::restart);
    runUntil("the fleet to start", START_MAX, new Health(this)::isWell);
  }

  // Using it ------------------------------------------------------------------------------------

  /// A client of the fleet. Its synchronous calls let the world run until they are done; its
  /// futures complete while the world runs for whatever reason.
  public Engine engine() {
    return client.engine();
  }

  /// Another client, in a process of its own.
  ///
  /// @param deadline of each call
  public SimulatedClient newClient(Duration deadline) {
    return newClient(deadline, 0);
  }

  /// Another client, who asks the nodes from the `first` on, counted from 0, for his way.
  SimulatedClient newClient(Duration deadline, int first) {
    List<String> seeds = addresses();
    Collections.rotate(seeds, -first);
    return new SimulatedClient(world, network, clientProcess(clients++), seeds, deadline);
  }

  /// How many clients there are or were.
  int clientCount() {
    return clients;
  }

  /// The process of a client, by which its links are cut.
  int clientProcess(int client) {
    return CLIENT_PROCESSES + client;
  }

  private List<String> addresses() {
    return new ArrayList<>(nodes.values().stream().map(SimulatedNode::address).toList());
  }

  /// Lets so much time pass.
  public void runFor(Duration time) {
    long end = world.nanos() + time.toNanos();
    guarded(() -> world.runFor(end - world.nanos()));
  }

  /// Runs until `done`, which is asked every millisecond.
  ///
  /// @throws Broken if it takes longer than `most`
  public void runUntil(String what, Duration most, BooleanSupplier done) {
    long end = world.nanos() + most.toNanos();
    while (!done.getAsBoolean()) {
      if (world.nanos() >= end) {
        throw failed(new Broken("in vain waited " + most + " for " + what));
      }
      guarded(() -> world.runFor(1_000_000));
    }
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | AssertionError failure) {
      throw failed(failure);
    }
  }

  /// The failure with the seed, the moment, and what happened before it.
  AssertionError failed(Throwable failure) {
    if (failure instanceof FleetFailure already) {
      return already;
    }
    String text =
        "seed "
            + seed
            + " at "
            + world.nanos() / 1_000
            + " us: "
            + failure
            + "\n"
            + "the newest events:\n"
            + transcript.tail(TRANSCRIPT_LINES)
            + "the replicas:\n"
            + new Health(this).describe()
            + advice;
    return new FleetFailure(text, failure);
  }

  /// What is said below each failure: how to see it again.
  void advise(String text) {
    advice = text;
  }

  private static final class FleetFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    FleetFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }

  // Faults --------------------------------------------------------------------------------------

  /// A power cut at a node: what was not synced is lost, as much of it as the seed says.
  public void crash(int node) {
    transcript.add(node, "power cut");
    node(node).crash();
  }

  /// Starts a node that does not run, from what its disk has.
  public void restart(int node) {
    transcript.add(node, "starts");
    List<String> others = new ArrayList<>(addresses());
    others.remove(node(node).address());
    node(node).start(node == 1 ? List.of() : others);
  }

  /// Nothing of the process runs for so long, as after SIGSTOP; its clocks go on.
  public void pause(int node, Duration time) {
    transcript.add(node, "stands still for " + time);
    node(node).pause(time.toNanos());
  }

  /// The machine sleeps: as [#pause], but its monotonic clock stands still, too.
  public void suspend(int node, Duration time) {
    transcript.add(node, "is suspended for " + time);
    node(node).suspend(time.toNanos());
  }

  /// Somebody sets the node's wall clock, ahead or back.
  public void jumpClock(int node, Duration by) {
    transcript.add(node, "its wall clock leaps by " + by);
    node(node).clock().leap(by.toMillis());
  }

  /// The node's wall clock stands still until [SimClock#thaw].
  public void freezeClock(int node) {
    transcript.add(node, "its wall clock freezes");
    node(node).clock().freeze();
  }

  /// The node's disk takes and gives nothing for so long.
  public void stallDisk(int node, Duration time) {
    transcript.add(node, "its disk stalls for " + time);
    node(node).stallDisk(time.toNanos());
  }

  /// The node's disk fails its next write of the log, and maybe does it nevertheless. The node ends
  /// by itself and can be started again.
  public void failDisk(int node, boolean doneNevertheless) {
    transcript.add(node, "its disk fails the next write");
    rules.expectFailure(node(node));
    node(node)
        .log()
        .failNextWrite(
            doneNevertheless
                ? io.flotilla.sim.SimLogStorage.Fault.KEPT
                : io.flotilla.sim.SimLogStorage.Fault.LOST);
  }

  /// Cuts every link between these nodes and all others, clients' links excepted.
  public void partition(Collection<Integer> some) {
    transcript.add(0, "partition: " + some + " and the rest");
    for (int a : nodes.keySet()) {
      for (int b : nodes.keySet()) {
        if (some.contains(a) != some.contains(b)) {
          network.cut(a, b);
        }
      }
    }
  }

  /// Nothing goes from one node to the other; the way back stays open.
  public void cut(int from, int to) {
    transcript.add(0, "cut: " + from + " to " + to);
    network.cut(from, to);
  }

  /// No Raft message of the node reaches another one, nor the reverse, while requests go on.
  public void muffle(int node) {
    transcript.add(node, "is muffled");
    network.muffle(node);
  }

  /// One frame between nodes in so many is lost; 0: none.
  public void lose(int oneIn) {
    transcript.add(0, "the network loses one frame in " + oneIn);
    network.lose(oneIn);
  }

  /// One frame between nodes in so many arrives twice; 0: none.
  public void duplicate(int oneIn) {
    transcript.add(0, "the network doubles one frame in " + oneIn);
    network.duplicate(oneIn);
  }

  /// One frame between nodes in so many is overtaken by others; 0: none.
  public void reorder(int oneIn) {
    transcript.add(0, "the network reorders one frame in " + oneIn);
    network.reorder(oneIn);
  }

  /// Whatever is sent takes up to so long.
  public void slow(Duration most) {
    transcript.add(0, "the network takes up to " + most);
    network.slow(most.toNanos());
  }

  /// Whatever goes from one node to the other takes up to so much longer.
  public void slow(int from, int to, Duration most) {
    transcript.add(0, "the way from " + from + " to " + to + " takes up to " + most + " more");
    network.slow(from, to, most.toNanos());
  }

  /// Somebody fills the node's disk, but for what the node keeps in reserve, until [#drainDisk]:
  /// writes that add data are refused, and other nodes take its leaderships over.
  public void fillDisk(int node) {
    transcript.add(node, "its disk is full");
    node(node).disk().fill(SimulatedDisk.Level.FULL);
  }

  /// What filled the node's disk is gone.
  public void drainDisk(int node) {
    transcript.add(node, "its disk has room again");
    node(node).disk().clear();
  }

  /// Ends every fault of the network, and starts every node that does not run.
  public void heal() {
    healNetwork();
    for (SimulatedNode node : nodes.values()) {
      if (!node.isRunning()) {
        restart(node.number());
      }
    }
  }

  /// Ends every fault of the network.
  public void healNetwork() {
    transcript.add(0, "the network is well");
    network.healAll();
  }

  // Looking at it -------------------------------------------------------------------------------

  /// True if every range has a leader and all its replicas, in agreement.
  public boolean isWell() {
    return new Health(this).isWell();
  }

  /// True if the members of some range may change by what is in a log and not applied.
  boolean isChanging() {
    return new Health(this).isChanging();
  }

  /// The ranges as the newest of their descriptors say they are.
  public Collection<RangeDescriptor> ranges() {
    return rules.truth().ranges();
  }

  /// Virtual time since the beginning.
  public Duration now() {
    return Duration.ofNanos(world.nanos());
  }

  /// A number that is the same for two runs in which the same happened.
  public long digest() {
    return world.digest();
  }

  public long seed() {
    return seed;
  }

  public SimulatedNode node(int number) {
    SimulatedNode node = nodes.get(number);
    if (node == null) {
      throw new IllegalArgumentException("there is no node " + number);
    }
    return node;
  }

  /// True if the node takes itself for the range's leader.
  boolean leads(SimulatedNode node, RangeId range) {
    Store store = node.store();
    boolean[] leads = new boolean[1];
    if (store != null) {
      StoreLens.replicas(
          store, replica -> leads[0] |= replica.id().equals(range) && replica.isLeader());
    }
    return leads[0];
  }

  Collection<SimulatedNode> nodes() {
    return nodes.values();
  }

  SimWorld world() {
    return world;
  }

  SimulatedNetwork network() {
    return network;
  }

  Rules rules() {
    return rules;
  }

  Transcript transcript() {
    return transcript;
  }

  SimulatedClient client() {
    return client;
  }

  int wantedReplicas() {
    return Integer.parseInt(options.getOrDefault("replicas", "3"));
  }

  /// Nothing to release: here for tests that read like those of a real engine.
  @Override
  public void close() {
    nodes.values().forEach(SimulatedNode::crash);
  }
}
