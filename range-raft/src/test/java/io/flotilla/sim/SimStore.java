package io.flotilla.sim;

import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeAccess;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StoreBeat;
import io.flotilla.store.Store;
import io.flotilla.store.StoreEnvironment;
import io.flotilla.store.StoreOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A process with one store, that can be started, paused, and killed with the loss of what was not
/// synced. Its disk outlives it.
public final class SimStore {
  private static final int CHUNK_BYTES = 256;

  private final SimFleet fleet;
  private final StoreId id;
  private final int loopCount;
  private final StoreOptions options;
  private final SimClock clock;
  private final SimRoom room = new SimRoom();
  private SimLogStorage log = new SimLogStorage();
  private SimStateStorage state;
  private SimSnapshotStorage snapshots;
  private List<SimLoop> loops = List.of();
  private final List<MapMachine> machines = new ArrayList<>();
  private @Nullable Store store;
  private int starts;

  SimStore(SimFleet fleet, StoreId id, int loopCount, int clockPerMille, StoreOptions options) {
    this.fleet = fleet;
    this.id = id;
    this.loopCount = loopCount;
    this.options = options;
    this.clock = new SimClock(fleet.world(), id.value() * 1_000_000_007L, clockPerMille);
    log.watch(fleet.world()::trace);
    RandomSource disk = fleet.world().random("disk " + id);
    this.state = new SimStateStorage(SimLayout.PLAIN, disk.fork("state"));
    this.snapshots = new SimSnapshotStorage(state, disk.fork("snapshots"), CHUNK_BYTES);
  }

  public StoreId id() {
    return id;
  }

  public boolean isUp() {
    return store != null;
  }

  public Store store() {
    Store up = store;
    if (up == null) {
      throw new IllegalStateException("store " + id + " is down");
    }
    return up;
  }

  public SimClock clock() {
    return clock;
  }

  /// What the disk still allows; it belongs to the machine, so it outlives the process.
  public SimRoom room() {
    return room;
  }

  public SimLogStorage log() {
    return log;
  }

  public SimStateStorage state() {
    return state;
  }

  public SimSnapshotStorage snapshots() {
    return snapshots;
  }

  /// The machines of the present life that were not removed.
  public List<MapMachine> machines() {
    machines.removeIf(MapMachine::isRemoved);
    return machines;
  }

  /// Makes the store without starting it.
  public Store make() {
    starts++;
    SimWorld world = fleet.world();
    String life = "store " + id + " life " + starts;
    List<SimLoop> storeLoops = new ArrayList<>();
    for (int i = 0; i < loopCount; i++) {
      storeLoops.add(new SimLoop(world, clock, life + " loop " + i, 5_000));
    }
    SimLoop logLoop = new SimLoop(world, clock, life + " log", 400_000);
    SimLoop applyLoop = new SimLoop(world, clock, life + " apply", 100_000);
    SimLoop readLoop = new SimLoop(world, clock, life + " read", 200_000);
    SimLoop bulkLoop = new SimLoop(world, clock, life + " bulk", 1_000_000);
    loops = new ArrayList<>(storeLoops);
    loops.addAll(List.of(logLoop, applyLoop, readLoop, bulkLoop));
    CheckedState checked = new CheckedState(state, fleet.agreement());
    machines.clear();
    Inbound inbound = new Inbound();
    PeerNetwork port = fleet.network().attach(id, storeLoops.getFirst(), inbound);
    Store made =
        new Store(
            new StoreEnvironment(
                id,
                List.copyOf(storeLoops),
                logLoop,
                applyLoop,
                readLoop,
                bulkLoop,
                clock,
                world.random(life),
                log,
                checked,
                snapshots,
                room,
                port,
                event -> fleet.onEvent(this, event),
                (range, access) -> machine(range, access, checked),
                options));
    inbound.store = made;
    store = made;
    return made;
  }

  private MapMachine machine(
      io.flotilla.keyspace.RangeId range, RangeAccess access, CheckedState checked) {
    MapMachine machine = new MapMachine(range, access, checked);
    machines.add(machine);
    return machine;
  }

  public void start() {
    make().start();
  }

  /// A power cut.
  public void crash() {
    die();
    log = log.crash();
    state = state.crash();
    snapshots = snapshots.crash(state);
  }

  /// A power cut after which the first `kept` of the unflushed steps of the state are there.
  public void crash(int kept) {
    die();
    log = log.crash();
    state = state.crash(kept);
    snapshots = snapshots.crash(state);
  }

  private void tell(String what) {
    fleet.world().tell("store " + id, what);
  }

  private void die() {
    tell("loses its power");
    store = null;
    loops.forEach(SimLoop::kill);
    machines.clear();
    fleet.network().detach(id);
  }

  /// Nothing of the process runs for so long; its clocks go on.
  public void pause(long nanos) {
    tell("pauses for " + nanos / SimFleet.MILLI + " ms");
    loops.forEach(loop -> loop.pause(nanos));
  }

  /// The log's disk takes nothing for so long.
  public void stallLog(long nanos) {
    tell("log stalls for " + nanos / SimFleet.MILLI + " ms");
    loops.get(loopCount).pause(nanos);
  }

  /// Nothing is applied for so long.
  public void stallApply(long nanos) {
    tell("applier stalls for " + nanos / SimFleet.MILLI + " ms");
    loops.get(loopCount + 1).pause(nanos);
  }

  /// Nothing of the ranges on one of the store's loops happens for so long; the first has the
  /// claims too, and hears the network.
  public void stallLoop(int loop, long nanos) {
    loops.get(loop).pause(nanos);
  }

  /// No snapshot is sent, received or installed, and nothing flushed or cleared, for so long.
  public void stallBulk(long nanos) {
    loops.get(loopCount + 3).pause(nanos);
  }

  /// For so long each write to the log and to the state may take as much as `writeNanosMax`.
  public void slowDisk(long nanos, long writeNanosMax) {
    tell("disk is slow for " + nanos / SimFleet.MILLI + " ms");
    loops.get(loopCount).slow(nanos, writeNanosMax);
    loops.get(loopCount + 1).slow(nanos, writeNanosMax);
  }

  /// As [#pause], and the monotonic clock stands still meanwhile.
  public void suspend(long nanos) {
    pause(nanos);
    tell("its clock stands still meanwhile");
    clock.lose(nanos);
  }

  private static final class Inbound implements PeerNetwork.Receiver {
    private @Nullable Store store;

    @Override
    public void onMessages(StoreId from, List<RangeMessage> messages) {
      if (store != null) {
        store.onMessages(from, messages);
      }
    }

    @Override
    public void onBeat(StoreId from, StoreBeat beat) {
      if (store != null) {
        store.onBeat(from, beat);
      }
    }

    @Override
    public void onSnapshot(StoreId from, SnapshotMessage message) {
      if (store != null) {
        store.onSnapshot(from, message);
      }
    }
  }
}
