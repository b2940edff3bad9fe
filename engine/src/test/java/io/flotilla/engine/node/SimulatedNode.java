package io.flotilla.engine.node;

import io.flotilla.engine.mvcc.KvMachines;
import io.flotilla.engine.mvcc.MvccLens;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.sim.SimClock;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.sim.SimLoop;
import io.flotilla.sim.SimSnapshotStorage;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.sim.SimWorld;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.SnapshotStorage;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StorageException;
import io.flotilla.store.Store;
import io.flotilla.transport.frame.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One simulated process: the production node over simulated loops, clock, disk and network. Its
/// disk outlives it. Everything happens on the thread that runs the world.
public final class SimulatedNode {
  private static final int CHUNK_BYTES = 512;
  private static final int FIRST_PORT = 4100;
  private static final long REGISTER_NANOS_MAX = 20_000_000_000L;

  private final Surroundings around;
  private final int number;
  private final NodeOptions options;
  private final int loopCount;
  private final SimClock clock;
  private final Map<StoreId, String> addresses = new TreeMap<>();
  private final SimulatedDisk disk;
  private SimLogStorage log = new SimLogStorage();
  private SimStateStorage state;
  private SimSnapshotStorage snapshots;
  private @Nullable StoreId id;
  private boolean founded;
  private int port = FIRST_PORT;
  private int lives;
  private @Nullable Life life;

  /// What all nodes of a fleet share.
  ///
  /// @param tight true: see [TightOptions]
  public record Surroundings(
      SimWorld world, SimulatedNetwork network, String cluster, Watch watch, boolean tight) {}

  /// Whoever looks on.
  public interface Watch {
    /// The log as the node is to see it.
    LogStorage log(SimulatedNode node, SimLogStorage log);

    /// The state as the node is to see it.
    StateStorage state(SimulatedNode node, SimStateStorage state);

    /// The snapshots as the node is to see them.
    SnapshotStorage snapshots(SimulatedNode node, SimSnapshotStorage snapshots);

    /// The node is about to send these to another store.
    void sent(SimulatedNode node, List<RangeMessage> messages);

    void event(SimulatedNode node, EventSink.Event event);

    /// The process ended by itself, with this reason.
    void exited(SimulatedNode node, String reason);
  }

  private final class Life {
    private final List<SimLoop> loops;
    private final SimulatedNetwork.Endpoint endpoint;
    private final NodeCore core;
    private final NodeFailure failure;
    private boolean up;

    Life(
        List<SimLoop> loops,
        SimulatedNetwork.Endpoint endpoint,
        NodeCore core,
        NodeFailure failure) {
      this.loops = loops;
      this.endpoint = endpoint;
      this.core = core;
      this.failure = failure;
    }
  }

  /// @param number from 1 on; node 1 founds the fleet
  /// @param clock its clocks
  public SimulatedNode(
      Surroundings around, int number, Map<String, String> options, int loops, SimClock clock) {
    this.around = around;
    this.number = number;
    this.options = NodeOptions.parse(options);
    this.loopCount = loops;
    this.clock = clock;
    this.id = number == 1 ? FirstStart.FOUNDER : null;
    RandomSource random = around.world().random("disk " + number);
    this.state = new SimStateStorage(new EngineLayout(), random.fork("state"));
    this.snapshots = new SimSnapshotStorage(state, random.fork("snapshots"), CHUNK_BYTES);
    this.disk = new SimulatedDisk(() -> log.bytesWritten(), around.world()::nanos);
  }

  // How it is -----------------------------------------------------------------------------------

  public int number() {
    return number;
  }

  /// Null: it has not joined yet.
  public @Nullable StoreId id() {
    return id;
  }

  /// True from the start of the process until its end.
  public boolean isRunning() {
    return life != null;
  }

  /// Its store, once that has started.
  public @Nullable Store store() {
    Life now = life;
    return now != null && now.up ? now.core.store() : null;
  }

  /// What waits in front of its store and is more than may; null: nothing.
  public @Nullable String overfull() {
    Life now = life;
    if (now != null && now.up) {
      for (KvMachines machines : now.core.machines()) {
        String overfull = MvccLens.overfull(machines);
        if (overfull != null) {
          return overfull;
        }
      }
    }
    return null;
  }

  public String address() {
    return "10.0.0." + number + ":" + port;
  }

  /// Where it believes the stores of the fleet to listen, as its disk has it.
  public Map<StoreId, String> addressBook() {
    return new TreeMap<>(addresses);
  }

  public SimClock clock() {
    return clock;
  }

  public SimLogStorage log() {
    return log;
  }

  /// The room on its disk.
  public SimulatedDisk disk() {
    return disk;
  }

  public SimStateStorage state() {
    return state;
  }

  public SimSnapshotStorage snapshots() {
    return snapshots;
  }

  public int lives() {
    return lives;
  }

  // What is done with it ------------------------------------------------------------------------

  /// Starts the process, unless it runs.
  ///
  /// @param seeds addresses of nodes that it may ask for a place in the fleet
  public void start(List<String> seeds) {
    if (life != null) {
      return;
    }
    lives++;
    String name = "node " + number + " life " + lives + " ";
    List<SimLoop> all = new ArrayList<>();
    NodeLoops loops = loops(name, all);
    AddressBook book = new AddressBook(null, addresses::put);
    book.learn(new TreeMap<>(addresses));
    SimulatedNetwork.Endpoint endpoint =
        around
            .network()
            .open(number, HostPort.parse(address()), loops.store().getFirst(), clock, book);
    endpoint.onSend(messages -> around.watch().sent(this, messages));
    NodeFailure failure = new NodeFailure();
    NodeCore core =
        new NodeCore(
            new NodeEnvironment(
                options,
                around.tight()
                    ? TightOptions.of(NodeParts.store(options))
                    : NodeParts.store(options),
                around.tight() ? TightOptions.QUEUES : QueueLimits.DEFAULT,
                "instance-" + number,
                seeds,
                loops,
                clock,
                around.world().random(name),
                endpoint,
                book,
                new NodeEvents(event -> around.watch().event(this, event)),
                failure));
    Life begun = new Life(all, endpoint, core, failure);
    life = begun;
    failure.listen(() -> around.world().at(0, () -> exit(begun)));
    if (id == null) {
      register(begun);
    } else {
      bringUp(begun, id);
    }
  }

  private NodeLoops loops(String name, List<SimLoop> all) {
    for (int i = 0; i < loopCount; i++) {
      all.add(loop(name + "loop " + i, 5_000));
    }
    SimLoop logLoop = loop(name + "log", 400_000);
    SimLoop apply = loop(name + "apply", 100_000);
    SimLoop read = loop(name + "read", 200_000);
    SimLoop bulk = loop(name + "bulk", 1_000_000);
    SimLoop control = loop(name + "control", 20_000);
    NodeLoops loops = new NodeLoops(List.copyOf(all), logLoop, apply, List.of(read), bulk, control);
    SimLoop looks = loop(name + "disk", 20_000);
    all.addAll(List.of(logLoop, apply, read, bulk, control, looks));
    return loops;
  }

  private SimLoop loop(String name, long taskNanosMax) {
    return new SimLoop(around.world(), clock, name, taskNanosMax);
  }

  private void register(Life begun) {
    begun
        .core
        .placement()
        .call(
            begun.core.self(around.cluster(), null).request(),
            clock.nanos() + REGISTER_NANOS_MAX,
            outcome -> around.world().at(0, () -> registered(begun, outcome)));
  }

  private void registered(Life begun, PlacementClient.Outcome outcome) {
    if (life != begun) {
      return;
    }
    if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Registered done)) {
      PlacementLookup.byStore(done.stores()).forEach(addresses::putIfAbsent);
      id = done.store();
      bringUp(begun, done.store());
    } else {
      begun.failure.fail("could not join the fleet: " + OracleClient.reasonOf(outcome));
    }
  }

  private void bringUp(Life begun, StoreId store) {
    try {
      StoreDisk room = new StoreDisk(store, SimulatedDisk.LIMITS, clock);
      NodeDisk storages =
          new NodeDisk(
              around.watch().log(this, log),
              around.watch().state(this, state),
              around.watch().snapshots(this, snapshots),
              room);
      Store made = begun.core.make(new NodeCore.Member(around.cluster(), store), storages);
      if (number == 1 && !founded) {
        FirstStart.bootstrap(made);
        founded = true;
      }
      begun.core.start();
      begun.up = true;
      watchRoom(begun, made, room);
    } catch (StorageException unreadable) {
      begun.failure.fail("the store cannot be opened: " + unreadable.getMessage());
    }
  }

  private void watchRoom(Life begun, Store made, StoreDisk room) {
    SimLoop control = begun.loops.get(loopCount + 4);
    SimLoop looks = begun.loops.get(loopCount + 5);
    new DiskKeeper(looks, disk, SimulatedDisk.LIMITS, disk, room, new NothingElse()).start();
    DiskHandOver handOver = new DiskHandOver(room.self(), made, room, control);
    control.execute(handOver::start);
  }

  /// A disk in memory has no mark, no compaction and nothing to reclaim.
  private static final class NothingElse implements DiskKeeper.Work {
    @Override
    public void syncMark() {}

    @Override
    public void reclaim(long roomBytes) {}

    @Override
    public void setCompacting(boolean isAllowed) {}
  }

  private void exit(Life which) {
    if (life == which) {
      String reason = which.failure.reason();
      crash();
      around.watch().exited(this, reason);
    }
  }

  /// A power cut: what was not synced is lost, some of it or all.
  public void crash() {
    if (die()) {
      log = log.crash();
      state = state.crash();
      snapshots = snapshots.crash(state);
    }
  }

  /// A power cut after which only the first `kept` of the unflushed steps of the state are there.
  public void crashKeeping(int kept) {
    if (die()) {
      log = log.crash();
      state = state.crash(Math.min(kept, state.unflushed()));
      snapshots = snapshots.crash(state);
    }
  }

  private boolean die() {
    Life now = life;
    life = null;
    if (now != null) {
      now.loops.forEach(SimLoop::kill);
      now.endpoint.die();
    }
    return now != null;
  }

  /// From its next start on it listens elsewhere.
  public void move() {
    port++;
  }

  /// Nothing of the process runs for so long; its clocks go on.
  public void pause(long nanos) {
    if (life != null) {
      life.loops.forEach(loop -> loop.pause(nanos));
      disk.holdUp(nanos);
    }
  }

  /// As [#pause], and the monotonic clock stands still meanwhile.
  public void suspend(long nanos) {
    if (life != null) {
      pause(nanos);
      clock.lose(nanos);
    }
  }

  /// The disk takes and gives nothing for so long.
  public void stallDisk(long nanos) {
    if (life != null) {
      life.loops.subList(loopCount, loopCount + 4).forEach(loop -> loop.pause(nanos));
      disk.holdUp(nanos);
    }
  }

  /// The log takes nothing for so long, while the rest of the disk goes on.
  public void stallLog(long nanos) {
    if (life != null) {
      life.loops.get(loopCount).pause(nanos);
      disk.holdUp(nanos);
    }
  }

  /// What is applied stays behind what is committed for so long: only the applier stands still.
  public void stallApplier(long nanos) {
    if (life != null) {
      life.loops.get(loopCount + 1).pause(nanos);
    }
  }

  /// Whoever reads from the disk waits for so long.
  public void stallReaders(long nanos) {
    if (life != null) {
      life.loops.get(loopCount + 2).pause(nanos);
    }
  }

  /// A router over this node, as the engine of an embedding application has it.
  io.flotilla.engine.route.Router router(String purpose) {
    Life now = life;
    if (now == null || !now.up) {
      throw new IllegalStateException("node " + number + " is not up");
    }
    return now.core.router(purpose);
  }
}
