package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedDisk.Level;
import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.StoreEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Faults for a fleet, drawn from the seed: what goes wrong, where, when, and for how long. Each
/// seed prefers some kinds, so that some seeds have many of one kind at once.
final class FaultPlan {
  private static final long MILLI = 1_000_000;

  private final SimulatedFleet fleet;
  private final RandomSource random;
  private final Restarts restarts;
  private final List<Kind> mix = new ArrayList<>();
  private final Set<Integer> gone = new TreeSet<>();
  private final Map<Kind, Integer> drawn = new EnumMap<>(Kind.class);
  private final Map<Integer, Long> awakeAt = new TreeMap<>();
  private final Map<Integer, Long> cutOffUntil = new TreeMap<>();
  private final Ambush ambush;
  private final Deposing deposing;
  private final Operators operators;
  private boolean over;
  private int newcomers;
  private long replacedNanos;

  /// What can go wrong.
  enum Kind {
    CRASH,
    CRASH_LOSING_ALL,
    CRASH_IN_THE_MIDST,
    PAUSE,
    PAUSE_CUT_OFF,
    SUSPEND,
    ISOLATE,
    SPLIT_BRAIN,
    ONE_WAY,
    MUFFLE,
    LOSS,
    LATE,
    MAYHEM,
    BROKEN_CONNECTIONS,
    SLOW_NETWORK,
    SLOW_LINK,
    CLOCK_LEAP,
    CLOCK_FREEZE,
    DISK_STALL,
    LOG_STALL,
    APPLIER_STALL,
    READER_STALL,
    DISK_LOW,
    DISK_FULL,
    DISK_EXHAUSTED,
    DISK_GONE,
    TORN_WRITE,
    LOG_WRITE_FAILS,
    LOG_READ_FAILS,
    STATE_FAILS,
    STATE_READ_FAILS,
    INSTALL_FAILS,
    COLD_CACHE,
    FLUSH,
    MOVED_ADDRESS,
    NEWCOMER,
    GONE_FOR_GOOD,
    DEPOSED_UNAWARES,
    AMBUSH_CHANGE,
    AMBUSH_SPLIT,
    AMBUSH_HAND_OVER,
    AMBUSH_ELECTED,
    AMBUSH_VOTE,
    AMBUSH_DISK,
    AMBUSH_NEW_REPLICA,
    AMBUSH_OLD_MESSAGE,
    TAKEN_FOR_DEAD,
    CRASH_AT_START,
    CLIENT_CUT;

    /// Drawn by the clock; the others strike where a store is in the midst of something.
    boolean isTimed() {
      return compareTo(AMBUSH_CHANGE) < 0;
    }

    /// See [Restarts] and [ClientCuts].
    boolean hasItsOwnDraws() {
      return this == CRASH_AT_START || this == CLIENT_CUT;
    }

    /// Hurts most where the oracle is.
    boolean isOfLeaders() {
      return this == PAUSE_CUT_OFF || this == SLOW_LINK || this == MUFFLE;
    }
  }

  FaultPlan(SimulatedFleet fleet) {
    this.fleet = fleet;
    this.random = fleet.world().random("faults");
    for (Kind kind : Kind.values()) {
      if (kind.hasItsOwnDraws()) {
        continue;
      }
      int weight = random.oneIn(3) || !kind.isTimed() ? 0 : 1 + random.nextInt(4);
      for (int i = 0; i < weight; i++) {
        mix.add(kind);
      }
    }
    mix.add(Kind.CRASH);
    mix.add(Kind.DEPOSED_UNAWARES);
    this.restarts = new Restarts(this, fleet);
    new ClientCuts(this, fleet);
    this.deposing = new Deposing(this, fleet);
    this.operators = new Operators(fleet);
    this.ambush = new Ambush(this, fleet, operators);
    fleet.rules().listen(this::onEvent);
    next();
  }

  /// No more faults; what is under way ends, and everybody that is not gone for good runs.
  void end() {
    over = true;
    operators.stop();
    fleet.rules().calmPower();
    fleet.healNetwork();
    for (SimulatedNode node : fleet.nodes()) {
      node.state().setCold(false);
      node.log().failNextWrite(null);
      node.clock().thaw();
      node.disk().clear();
      node.snapshots().calm();
      WatchedLog log = fleet.rules().log(node);
      WatchedState state = fleet.rules().state(node);
      if (log != null && state != null) {
        log.calm();
        state.calm();
      }
    }
    restartAll();
  }

  /// The stores that are never seen again.
  Set<Integer> gone() {
    return gone;
  }

  /// Whoever stopped by itself is started again, as a supervisor does.
  void restartAll() {
    List.copyOf(fleet.nodes()).forEach(restarts::start);
  }

  private void next() {
    fleet
        .world()
        .at(
            random.nextLong(600 * MILLI),
            () -> {
              if (!over) {
                happen(mix.get(random.nextInt(mix.size())));
                next();
              }
            });
  }

  /// How often each kind happened.
  Map<Kind, Integer> drawn() {
    return drawn;
  }

  boolean isOver() {
    return over;
  }

  /// A fault that took effect.
  void count(Kind kind) {
    drawn.merge(kind, 1, Integer::sum);
  }

  Duration upTo(int millis) {
    return Duration.ofMillis(1 + random.nextInt(millis));
  }

  void later(Duration most, Runnable task) {
    later(Duration.ZERO, most, task);
  }

  void later(Duration least, Duration more, Runnable task) {
    fleet
        .world()
        .at(
            least.toNanos() + random.nextLong(more.toNanos()),
            () -> {
              if (!over) {
                task.run();
              }
            });
  }

  private SimulatedNode any() {
    List<SimulatedNode> all = new ArrayList<>(fleet.nodes());
    return all.get(random.nextInt(all.size()));
  }

  /// The node that leads the placement group, where the oracle is, or any.
  private SimulatedNode placementLeader() {
    for (SimulatedNode node : fleet.nodes()) {
      if (fleet.leads(node, RangeDescriptor.PLACEMENT)) {
        return node;
      }
    }
    return any();
  }

  private void happen(Kind kind) {
    SimulatedNode node = kind.isOfLeaders() && random.oneIn(2) ? placementLeader() : any();
    fleet.world().trace(kind + " " + node.number());
    boolean happened =
        switch (kind) {
          case CRASH -> crash(node, false);
          case CRASH_LOSING_ALL -> crash(node, true);
          case PAUSE, PAUSE_CUT_OFF, SUSPEND -> stop(kind, node);
          case ISOLATE, SPLIT_BRAIN, ONE_WAY, MUFFLE -> disturb(kind, node.number());
          case LOSS, LATE, MAYHEM, BROKEN_CONNECTIONS -> disturb(kind, node.number());
          case SLOW_NETWORK, SLOW_LINK -> disturb(kind, node.number());
          case CLOCK_LEAP, CLOCK_FREEZE -> setClock(kind, node);
          case DISK_STALL, LOG_STALL, APPLIER_STALL, READER_STALL -> stall(kind, node, upTo(3_000));
          case DISK_LOW -> fillDisk(node, Level.LOW);
          case DISK_FULL -> fillDisk(node, Level.FULL);
          case DISK_EXHAUSTED -> fillDisk(node, Level.EXHAUSTED);
          case DISK_GONE -> fillDisk(node, Level.GONE);
          case TORN_WRITE, LOG_WRITE_FAILS, LOG_READ_FAILS -> failDisk(kind, node);
          case STATE_FAILS, STATE_READ_FAILS, INSTALL_FAILS -> failDisk(kind, node);
          case COLD_CACHE -> setCold(node);
          case FLUSH -> flush(node);
          case MOVED_ADDRESS -> move(node);
          case NEWCOMER -> addNode();
          case GONE_FOR_GOOD -> leaveForGood(node, 20);
          case DEPOSED_UNAWARES -> deposing.begin();
          case CRASH_IN_THE_MIDST,
              AMBUSH_CHANGE,
              AMBUSH_SPLIT,
              AMBUSH_HAND_OVER,
              AMBUSH_ELECTED,
              AMBUSH_VOTE,
              AMBUSH_DISK,
              AMBUSH_NEW_REPLICA,
              AMBUSH_OLD_MESSAGE,
              TAKEN_FOR_DEAD,
              CRASH_AT_START,
              CLIENT_CUT ->
              false; // drawn elsewhere
        };
    if (happened) {
      count(kind);
    }
  }

  // Processes and clocks ------------------------------------------------------------------------

  /// Nothing of the process runs for a while. Cut off from all other stores meanwhile, and for a
  /// while after it, it does not hear from them that it leads no more.
  boolean stop(Kind kind, SimulatedNode node) {
    if (!node.isRunning()) {
      return false;
    }
    Duration time = upTo(4_000);
    switch (kind) {
      case SUSPEND -> {
        // Only a wall clock that goes on can tell that a machine slept.
        node.clock().thaw();
        awakeAt.put(node.number(), fleet.world().nanos() + time.toNanos() + 1_000 * MILLI);
        fleet.suspend(node.number(), time);
      }
      case PAUSE_CUT_OFF -> {
        cutOff(node, time.plusMillis(300).plus(upTo(1_500)));
        fleet.pause(node.number(), time);
      }
      default -> fleet.pause(node.number(), time);
    }
    return true;
  }

  /// A clock that was set back just when its machine woke would hide that it slept: see leases.md.
  private boolean setClock(Kind kind, SimulatedNode node) {
    if (fleet.world().nanos() < awakeAt.getOrDefault(node.number(), 0L)) {
      return false;
    }
    if (kind == Kind.CLOCK_LEAP) {
      fleet.jumpClock(node.number(), Duration.ofMillis(random.nextInt(20_000) - 10_000));
    } else {
      fleet.freezeClock(node.number());
      later(Duration.ofSeconds(5), node.clock()::thaw);
    }
    return true;
  }

  private boolean move(SimulatedNode node) {
    boolean moves = crash(node, false);
    if (moves) {
      node.move();
    }
    return moves;
  }

  private boolean addNode() {
    if (newcomers >= 2) {
      return false;
    }
    newcomers++;
    fleet.restart(fleet.add());
    return true;
  }

  /// For so long the node and the other stores hear nothing of each other, whatever else ends.
  void cutOff(SimulatedNode node, Duration time) {
    if (!over) {
      cutOffUntil.put(node.number(), fleet.world().nanos() + time.toNanos());
      fleet.muffle(node.number());
      later(time, Duration.ofMillis(1), this::healNetwork);
    }
  }

  /// Ends every fault of the network, but for whoever is cut off for a longer time.
  void healNetwork() {
    fleet.healNetwork();
    cutOffUntil.forEach((number, until) -> {
      if (fleet.world().nanos() < until) {
        fleet.muffle(number);
      }
    });
  }

  // Network -------------------------------------------------------------------------------------

  private boolean disturb(Kind kind, int number) {
    switch (kind) {
      case ISOLATE -> fleet.partition(List.of(number));
      case SPLIT_BRAIN -> fleet.partition(List.of(number, any().number()));
      case ONE_WAY -> fleet.cut(number, any().number());
      case MUFFLE -> fleet.muffle(number);
      case LOSS -> fleet.network().mayhem(3 + random.nextInt(20), 0, 0, 0, 0);
      case LATE -> fleet.network().mayhem(0, 0, 0, 3 + random.nextInt(6), 0);
      case MAYHEM -> fleet.network().mayhem(30, 5, 5, 20, 50);
      case BROKEN_CONNECTIONS -> fleet.network().mayhem(0, 0, 0, 0, 4 + random.nextInt(20));
      case SLOW_LINK ->
          fleet.network().slow(number, any().number(), (50 + random.nextInt(1_500)) * MILLI);
      default -> fleet.network().slow((20 + random.nextInt(300)) * MILLI);
    }
    later(Duration.ofSeconds(4), this::healNetwork);
    return true;
  }

  // Disks ---------------------------------------------------------------------------------------

  boolean stall(Kind kind, SimulatedNode node, Duration time) {
    if (!node.isRunning()) {
      return false;
    }
    fleet.transcript().add(node.number(), kind + " for " + time);
    switch (kind) {
      case LOG_STALL -> node.stallLog(time.toNanos());
      case APPLIER_STALL -> node.stallApplier(time.toNanos());
      case READER_STALL -> node.stallReaders(time.toNanos());
      default -> node.stallDisk(time.toNanos());
    }
    return true;
  }

  private boolean fillDisk(SimulatedNode node, Level level) {
    fleet.transcript().add(node.number(), "somebody fills its disk: " + level);
    node.disk().fill(level);
    later(Duration.ofSeconds(6), node.disk()::clear);
    return true;
  }

  private boolean setCold(SimulatedNode node) {
    node.state().setCold(random.oneIn(2));
    return true;
  }

  private boolean flush(SimulatedNode node) {
    if (node.isRunning()) {
      node.state().flush();
    }
    return node.isRunning();
  }

  boolean failDisk(Kind kind, SimulatedNode node) {
    WatchedLog log = fleet.rules().log(node);
    WatchedState state = fleet.rules().state(node);
    if (!node.isRunning() || log == null || state == null) {
      return false;
    }
    fleet.transcript().add(node.number(), "disk: " + kind);
    if (kind == Kind.TORN_WRITE) {
      log.tearNextWrite(random.oneIn(2), () -> crash(node, random.oneIn(3)));
      return true;
    }
    fleet.rules().expectFailure(node);
    switch (kind) {
      case LOG_WRITE_FAILS -> fleet.failDisk(node.number(), random.oneIn(2));
      case LOG_READ_FAILS -> log.failNextRead();
      case STATE_FAILS -> state.failNextApply();
      case STATE_READ_FAILS -> state.failNextRead();
      default -> node.snapshots().failNextInstall();
    }
    return true;
  }

  // Power ---------------------------------------------------------------------------------------

  /// A power cut that is over at once.
  void restart(SimulatedNode node) {
    if (node.isRunning() && node.id() != null) {
      fleet.rules().expectNothing(node);
      fleet.crash(node.number());
      fleet.restart(node.number());
    }
  }

  boolean crash(SimulatedNode node, boolean losingAll) {
    if (!node.isRunning()) {
      return false;
    }
    fleet.rules().expectNothing(node);
    if (losingAll) {
      fleet.transcript().add(node.number(), "power cut, losing all that was not flushed");
      node.crashKeeping(0);
    } else {
      fleet.crash(node.number());
    }
    if (random.oneIn(5)) {
      takeForDead(node);
    }
    later(
        random.oneIn(2) ? Duration.ofMillis(50) : Duration.ofSeconds(5),
        () -> restarts.start(node));
    return true;
  }

  /// Some of its replicas are taken out of their ranges; it may be back by then.
  void takeForDead(SimulatedNode node) {
    later(
        Duration.ofSeconds(1),
        () -> {
          StoreId store = node.id();
          if (store != null && gone.isEmpty() && operators.replace(store)) {
            count(Kind.TAKEN_FOR_DEAD);
            replacedNanos = fleet.world().nanos();
          }
        });
  }

  /// At most one, and never the founder alone with one other: the fleet must be able to heal.
  private boolean leaveForGood(SimulatedNode node, int looks) {
    boolean may = gone.isEmpty() && fleet.nodes().size() > 3;
    // While others are down a fleet is well with fewer voters, and one of these must not leave.
    boolean allRun = fleet.nodes().stream().allMatch(SimulatedNode::isRunning);
    boolean settled = fleet.world().nanos() - replacedNanos > 2_000 * MILLI;
    if (may && settled && allRun && fleet.isWell() && !fleet.isChanging()) {
      fleet.transcript().add(node.number(), "leaves for good");
      gone.add(node.number());
      node.crash();
      count(Kind.GONE_FOR_GOOD);
    } else if (may && looks > 0) {
      later(Duration.ofMillis(200), () -> leaveForGood(node, looks - 1));
    }
    return false;
  }

  /// Power cuts hurt most where a store is in the midst of something.
  private void onEvent(SimulatedNode node, StoreEvent event) {
    boolean delicate =
        event instanceof StoreEvent.RangeSplit
            || event instanceof StoreEvent.ReplicaCreated
            || event instanceof StoreEvent.ReplicaRemoved
            || event instanceof StoreEvent.SnapshotInstalled
            || event instanceof StoreEvent.RoleChanged;
    if (delicate && !over && mix.contains(Kind.CRASH_IN_THE_MIDST) && random.oneIn(10)) {
      count(Kind.CRASH_IN_THE_MIDST);
      later(Duration.ofMillis(random.oneIn(2) ? 2 : 30), () -> crash(node, random.oneIn(3)));
    }
    ambush.onEvent(node, event);
  }

  /// A node that ended by itself comes back, some time.
  void onExit(SimulatedNode node) {
    later(Duration.ofSeconds(3), () -> restarts.start(node));
  }
}
