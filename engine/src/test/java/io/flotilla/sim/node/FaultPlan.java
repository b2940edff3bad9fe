package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.StoreEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// Faults for a fleet, drawn from the seed: what goes wrong, where, when, and for how long. Each
/// seed prefers some kinds, so that some seeds have many of one kind at once.
final class FaultPlan {
  private static final long MILLI = 1_000_000;

  private final SimulatedFleet fleet;
  private final RandomSource random;
  private final List<Kind> mix = new ArrayList<>();
  private final Set<Integer> gone = new TreeSet<>();
  private boolean over;
  private int newcomers;

  /// What can go wrong.
  enum Kind {
    CRASH,
    CRASH_LOSING_ALL,
    CRASH_IN_THE_MIDST,
    PAUSE,
    SUSPEND,
    ISOLATE,
    SPLIT_BRAIN,
    ONE_WAY,
    LOSS,
    MAYHEM,
    BROKEN_CONNECTIONS,
    SLOW_NETWORK,
    CLOCK_LEAP,
    DISK_STALL,
    LOG_WRITE_FAILS,
    LOG_READ_FAILS,
    STATE_FAILS,
    INSTALL_FAILS,
    COLD_CACHE,
    FLUSH,
    MOVED_ADDRESS,
    NEWCOMER,
    GONE_FOR_GOOD
  }

  FaultPlan(SimulatedFleet fleet) {
    this.fleet = fleet;
    this.random = fleet.world().random("faults");
    for (Kind kind : Kind.values()) {
      int weight = random.oneIn(3) ? 0 : 1 + random.nextInt(4);
      for (int i = 0; i < weight; i++) {
        mix.add(kind);
      }
    }
    mix.add(Kind.CRASH);
    fleet.rules().listen(this::onEvent);
    next();
  }

  /// No more faults; what is under way ends, and everybody that is not gone for good runs.
  void end() {
    over = true;
    fleet.healNetwork();
    for (SimulatedNode node : fleet.nodes()) {
      node.state().setCold(false);
      node.log().failNextWrite(null);
    }
    restartAll();
  }

  /// The stores that are never seen again.
  Set<Integer> gone() {
    return gone;
  }

  /// Whoever stopped by itself is started again, as a supervisor does.
  void restartAll() {
    for (SimulatedNode node : List.copyOf(fleet.nodes())) {
      if (!node.isRunning() && !gone.contains(node.number())) {
        fleet.restart(node.number());
      }
    }
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

  private Duration upTo(int millis) {
    return Duration.ofMillis(1 + random.nextInt(millis));
  }

  private void later(Duration most, Runnable task) {
    fleet
        .world()
        .at(
            random.nextLong(most.toNanos()),
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

  private void happen(Kind kind) {
    SimulatedNode node = any();
    int number = node.number();
    fleet.world().trace(kind + " " + number);
    switch (kind) {
      case CRASH -> crash(node, false);
      case CRASH_LOSING_ALL -> crash(node, true);
      case CRASH_IN_THE_MIDST -> {} // at an event of a store, see below
      case PAUSE -> fleet.pause(number, upTo(4_000));
      case SUSPEND -> fleet.suspend(number, upTo(4_000));
      case ISOLATE, SPLIT_BRAIN, ONE_WAY, LOSS, MAYHEM, BROKEN_CONNECTIONS, SLOW_NETWORK ->
          disturbNetwork(kind, number);
      case CLOCK_LEAP ->
          fleet.jumpClock(number, Duration.ofMillis(random.nextInt(20_000) - 10_000));
      case DISK_STALL -> fleet.stallDisk(number, upTo(3_000));
      case LOG_WRITE_FAILS, LOG_READ_FAILS, STATE_FAILS, INSTALL_FAILS -> failDisk(kind, node);
      case COLD_CACHE -> node.state().setCold(random.oneIn(2));
      case FLUSH -> {
        if (node.isRunning()) {
          node.state().flush();
        }
      }
      case MOVED_ADDRESS -> {
        crash(node, false);
        if (!node.isRunning()) {
          node.move();
        }
      }
      case NEWCOMER -> {
        if (newcomers++ < 2) {
          fleet.restart(fleet.add());
        }
      }
      case GONE_FOR_GOOD -> leaveForGood(node);
    }
  }

  private void disturbNetwork(Kind kind, int number) {
    switch (kind) {
      case ISOLATE -> fleet.partition(List.of(number));
      case SPLIT_BRAIN -> fleet.partition(List.of(number, any().number()));
      case ONE_WAY -> fleet.cut(number, any().number());
      case LOSS -> fleet.network().mayhem(3 + random.nextInt(20), 0, 0, 0, 0);
      case MAYHEM -> fleet.network().mayhem(30, 5, 5, 20, 50);
      case BROKEN_CONNECTIONS -> fleet.network().mayhem(0, 0, 0, 0, 4 + random.nextInt(20));
      default -> fleet.network().slow((20 + random.nextInt(300)) * MILLI);
    }
    later(Duration.ofSeconds(4), fleet::healNetwork);
  }

  private void crash(SimulatedNode node, boolean losingAll) {
    if (!node.isRunning()) {
      return;
    }
    if (losingAll) {
      fleet.transcript().add(node.number(), "power cut, losing all that was not flushed");
      node.crashKeeping(0);
    } else {
      fleet.crash(node.number());
    }
    later(
        random.oneIn(2) ? Duration.ofMillis(50) : Duration.ofSeconds(5),
        () -> {
          if (!node.isRunning() && !gone.contains(node.number())) {
            fleet.restart(node.number());
          }
        });
  }

  private void failDisk(Kind kind, SimulatedNode node) {
    if (!node.isRunning() || node.id() == null) {
      return;
    }
    fleet.transcript().add(node.number(), "disk: " + kind);
    fleet.rules().expectFailure(node);
    switch (kind) {
      case LOG_WRITE_FAILS -> fleet.failDisk(node.number(), random.oneIn(2));
      case LOG_READ_FAILS -> Objects.requireNonNull(fleet.rules().log(node)).failNextRead();
      case STATE_FAILS -> Objects.requireNonNull(fleet.rules().state(node)).failNextApply();
      default -> node.snapshots().failNextInstall();
    }
  }

  /// At most one, and never the founder alone with one other: the fleet must be able to heal.
  private void leaveForGood(SimulatedNode node) {
    if (gone.isEmpty() && fleet.nodes().size() > 3 && fleet.isWell()) {
      fleet.transcript().add(node.number(), "leaves for good");
      gone.add(node.number());
      node.crash();
    }
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
      later(Duration.ofMillis(random.oneIn(2) ? 2 : 30), () -> crash(node, random.oneIn(3)));
    }
  }

  /// A node that ended by itself comes back, some time.
  void onExit(SimulatedNode node) {
    later(
        Duration.ofSeconds(3),
        () -> {
          if (!node.isRunning() && !gone.contains(node.number())) {
            fleet.restart(node.number());
          }
        });
  }
}
