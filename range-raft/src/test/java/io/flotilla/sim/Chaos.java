package io.flotilla.sim;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.RandomSource;
import io.flotilla.store.StoreEvent;
import io.flotilla.store.StoreLens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Trouble for a fleet, drawn from the seed: crashes, pauses, cuts, lost and doubled messages, full
/// disks, and meanwhile operators that split ranges and move replicas. Plays the placement driver's
/// part for replicas that miss their leader.
final class Chaos {
  private static final long MILLI = SimFleet.MILLI;
  private static final int[] DOWN_MILLIS_MAX = {20, 20, 1_500, 4_000};

  private final SimFleet fleet;
  private final RandomSource random;
  private final EventLoop outside;
  private long nextRange = 100;
  private long nextPeer = 1_000;
  private final boolean lulls;
  private boolean calm = true;
  private boolean slowDisks;
  private final LastAsleep sleepers = new LastAsleep();

  Chaos(SimFleet fleet, boolean lulls) {
    this.lulls = lulls;
    this.fleet = fleet;
    this.random = fleet.world().random("chaos");
    this.outside = fleet.world().outside();
    fleet.listen(this::onEvent);
  }

  /// Faults and operators for so long.
  void rage(long nanos) {
    calm = false;
    slowDisks = !lulls && random.oneIn(3);
    long end = fleet.world().nanos() + nanos;
    fleet.stores().forEach(each -> maybeSlow(each, nanos));
    while (fleet.world().nanos() < end) {
      if (random.oneIn(lulls ? 8 : 4)) {
        fault();
      }
      if (!lulls || random.oneIn(6)) {
        operate();
      }
      fleet.run((20 + random.nextInt(150)) * MILLI);
      fleet.answerMissing();
      if (!lulls) {
        fleet.stores().stream().filter(SimStore::isUp).forEach(this::forgetSome);
      }
    }
  }

  /// No more faults; everything comes back.
  void heal() {
    calm = true;
    fleet.network().healAll();
    fleet.stores().forEach(this::empty);
    fleet.stores().stream().filter(store -> !store.isUp()).forEach(SimStore::start);
  }

  /// The driver's word may be old, or it has not heard of a replica yet: what is said of one that
  /// has nothing need not be true.
  private void forgetSome(SimStore store) {
    List<RangeReplica> empty = new ArrayList<>();
    StoreLens.replicas(
        store.store(),
        each -> {
          if (!each.isInitialised() && random.oneIn(3)) {
            empty.add(each);
          }
        });
    empty.forEach(each -> store.store().replicaGone(each.id(), each.peer(), 0));
  }

  private void fault() {
    SimStore store = any(fleet.stores());
    switch (random.nextInt(lulls ? 27 : 11)) {
      case 0, 1 -> crash(store);
      case 2 -> store.pause((100 + random.nextInt(1_500)) * MILLI);
      case 3 -> store.suspend((100 + random.nextInt(1_500)) * MILLI);
      case 4 -> {
        fleet.network().isolate(store.id());
        later(2_000, fleet.network()::healAll);
      }
      case 5 -> {
        fleet.network().cut(store.id(), any(fleet.stores()).id());
        later(2_000, fleet.network()::healAll);
      }
      case 6 -> {
        fleet.network().dropOneIn(5 + random.nextInt(20));
        later(1_000, fleet.network()::healAll);
      }
      case 7 -> {
        fleet.network().duplicateOneIn(5);
        fleet.network().reorderOneIn(5);
        fleet.network().lateOneIn(20);
        later(1_000, fleet.network()::healAll);
      }
      case 8 -> stall(store);
      case 9 -> {
        if (store.isUp()) {
          store.slowDisk((500 + random.nextInt(2_000)) * MILLI, 60 * MILLI);
        }
      }
      case 11 -> store.stallLog((500 + random.nextInt(2_500)) * MILLI);
      case 12 -> nibble(store);
      case 13 -> bounce(store);
      case 14, 15, 16 -> muffle(store);
      case 17, 18, 19 -> ambush(store);
      case 21, 22 -> blink(store, any(fleet.stores()));
      case 23, 24, 25, 26 -> smother(store, 1_000);
      case 20 -> {
        StoreId other = any(fleet.stores()).id();
        fleet.network().cut(other, store.id());
        later(1_000, () -> fleet.network().heal(other, store.id()));
      }
      default -> {
        if (random.oneIn(2)) {
          fill(store);
        } else if (store.isUp()) {
          tell(store, "flushes its state");
          store.state().flush();
        }
      }
    }
  }

  /// The store's disk is full for a while; the others may hear of it or not.
  private void fill(SimStore store) {
    store.room().set(random.oneIn(3) ? DiskStage.EXHAUSTED : DiskStage.FULL);
    tell(store, "its disk is full");
    if (random.oneIn(2)) {
      fleet.stores().forEach(each -> each.room().setFull(store.id(), true));
    }
    later(3_000, () -> empty(store));
  }

  private void empty(SimStore store) {
    tell(store, "its disk has room");
    store.room().set(DiskStage.ROOMY);
    fleet.stores().forEach(each -> each.room().setFull(store.id(), false));
  }

  /// In some lives all disks are slow: then a leader is elected, and even has a lease, long before
  /// anything is written or applied.
  private void maybeSlow(SimStore store, long nanos) {
    if (slowDisks && store.isUp()) {
      store.slowDisk(nanos, (1 + random.nextInt(60)) * MILLI);
    }
  }

  /// A stage that lags behind lets all those things happen that must not overtake it.
  private void stall(SimStore store) {
    if (store.isUp()) {
      long nanos = (20 + random.nextInt(600)) * MILLI;
      if (random.oneIn(3)) {
        store.stallLog(nanos);
      } else {
        store.stallApply(nanos);
      }
    }
  }

  private void crash(SimStore store) {
    long up = fleet.stores().stream().filter(SimStore::isUp).count();
    if (store.isUp() && up > 3) {
      if (random.oneIn(3)) {
        store.crash(0);
      } else {
        store.crash();
      }
      later(
          DOWN_MILLIS_MAX[random.nextInt(DOWN_MILLIS_MAX.length)],
          () -> {
            if (!store.isUp()) {
              store.start();
              if (!calm) {
                maybeSlow(store, SimFleet.SECOND);
                if (random.oneIn(2)) {
                  stall(store);
                }
              }
            }
          });
    }
  }

  /// The machine stands still again and again, each time for less than is noticed; all of it may be
  /// a little more than that.
  private void nibble(SimStore store) {
    long bite = (1 + random.nextInt(70)) * MILLI / 10;
    long most = 5 * MILLI + random.nextLong(40 * MILLI);
    long at = 0;
    for (long bitten = 0; bitten < most; bitten += bite) {
      outside.schedule(at, () -> store.suspend(bite));
      at += random.nextLong(2 * SimFleet.SECOND * bite / most);
    }
  }

  /// Two stores do not hear each other for about as long as a promise lasts, so that one of them
  /// gives it up, and the other may not have noticed.
  private void blink(SimStore store, SimStore other) {
    if (store != other) {
      fleet.network().cutBothWays(store.id(), other.id());
      outside.schedule((280 + random.nextInt(200)) * MILLI, fleet.network()::healAll);
    }
  }

  /// The machine is suspended and cut off just when a range that is led from there has fallen
  /// asleep: what its leader could count on before must not be there when it comes back.
  private void smother(SimStore store, int looks) {
    if (!calm && store.isUp() && looks > 0) {
      if (sleepers.hasMore(store)) {
        fleet.network().isolate(store.id());
        store.suspend((300 + random.nextInt(1_200)) * MILLI);
        later(2_000, fleet.network()::healAll);
      } else {
        outside.schedule(2 * MILLI, () -> smother(store, looks - 1));
      }
    }
  }

  /// A store hears everything late, and after a while the others do not hear it any more: the worst
  /// moment for one who believes that it still leads.
  private void muffle(SimStore store) {
    fleet.network().slowTo(store.id(), (50 + random.nextInt(300)) * MILLI);
    later(
        1_500,
        () -> {
          if (!calm) {
            for (SimStore other : fleet.stores()) {
              if (other != store) {
                fleet.network().cut(store.id(), other.id());
              }
            }
          }
        });
    outside.schedule((1_500 + random.nextInt(2_000)) * MILLI, fleet.network()::healAll);
  }

  /// Some others do not hear a store any more, and one that does is killed and started at once:
  /// nobody may make use of what it has forgotten.
  private void ambush(SimStore store) {
    SimStore witness = any(fleet.stores());
    for (SimStore other : fleet.stores()) {
      if (other != store && other != witness && !random.oneIn(4)) {
        fleet.network().cut(store.id(), other.id());
      }
    }
    for (int i = 0; i < 3; i++) {
      later(
          1_500,
          () -> {
            if (!calm && witness != store) {
              bounce(witness);
            }
          });
    }
    outside.schedule((1_500 + random.nextInt(1_500)) * MILLI, fleet.network()::healAll);
  }

  /// A process that is killed and started at once.
  private void bounce(SimStore store) {
    if (store.isUp()) {
      store.crash();
      later(
          20,
          () -> {
            if (!store.isUp()) {
              store.start();
            }
          });
    }
  }

  /// Power cuts hurt most where a store is in the midst of something.
  private void onEvent(SimStore store, StoreEvent event) {
    boolean delicate =
        event instanceof StoreEvent.RangeSplit
            || event instanceof StoreEvent.ReplicaCreated
            || event instanceof StoreEvent.ReplicaRemoved
            || event instanceof StoreEvent.SnapshotInstalled
            || event instanceof StoreEvent.RoleChanged;
    if (delicate && !calm && random.oneIn(12)) {
      long soon = random.nextLong((random.oneIn(2) ? 2 : 30) * MILLI);
      outside.schedule(
          soon,
          () -> {
            if (!calm) {
              crash(store);
            }
          });
    }
  }

  private void tell(SimStore store, String what) {
    fleet.world().tell("store " + store.id(), what);
  }

  private void later(int millisMax, Runnable task) {
    outside.schedule((50 + random.nextInt(millisMax)) * MILLI, task);
  }

  private void operate() {
    List<RangeDescriptor> ranges = new ArrayList<>(fleet.descriptors().values());
    RangeDescriptor range = any(ranges);
    if (lulls) {
      // A range with a learner does not sleep.
      range = ranges.stream().filter(Chaos::hasLearner).findFirst().orElse(range);
    }
    SimStore leader = fleet.leader(range.id());
    if (leader == null) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> split(range, leader, ranges.size());
      case 1 -> {
        StoreId to = any(range.replicas()).store();
        tell(leader, "shall hand range " + range.id() + " over to " + to);
        leader.store().transferLeader(range.id(), to, _ -> {});
      }
      default -> change(range, leader);
    }
  }

  private static boolean hasLearner(RangeDescriptor range) {
    return range.replicas().stream().anyMatch(each -> each.kind() == ReplicaKind.LEARNER);
  }

  private void split(RangeDescriptor range, SimStore leader, int ranges) {
    if (ranges >= 6) {
      return;
    }
    List<PeerId> peers = new ArrayList<>();
    for (int i = 0; i < range.replicas().size(); i++) {
      peers.add(new PeerId(nextPeer++));
    }
    RangeId right = new RangeId(nextRange++);
    String at = "k" + (10 + random.nextInt(20));
    tell(leader, "shall split range " + range.id() + " at " + at);
    leader.store().split(range.id(), range.generation(), right, peers, SimFleet.key(at), _ -> {});
  }

  /// Towards three voters on other stores: add a learner where one is missing, else swap or remove.
  private void change(RangeDescriptor range, SimStore leader) {
    List<ReplicaDescriptor> target = new ArrayList<>(range.replicas());
    ReplicaDescriptor learner = null;
    for (ReplicaDescriptor each : target) {
      learner = each.kind() == ReplicaKind.LEARNER ? each : learner;
    }
    if (learner != null) {
      target.remove(learner);
      if (!random.oneIn(5)) {
        if (target.size() >= 3) {
          target.remove(leaving(target));
        }
        target.add(learner.withKind(ReplicaKind.VOTER));
      }
    } else {
      StoreId free = freeStore(range);
      if (free == null) {
        return;
      }
      target.add(new ReplicaDescriptor(new PeerId(nextPeer++), free, ReplicaKind.LEARNER));
    }
    tell(leader, "shall change range " + range.id() + " to " + target);
    leader.store().changeMembership(range.id(), range.generation(), target, _ -> {});
  }

  private ReplicaDescriptor leaving(List<ReplicaDescriptor> voters) {
    List<ReplicaDescriptor> down = new ArrayList<>(voters);
    down.removeIf(voter -> fleet.store(voter.store().value()).isUp());
    return any(down.isEmpty() || random.oneIn(4) ? voters : down);
  }

  /// Rather one that is down: when it comes back it may have an older replica of the range.
  private @Nullable StoreId freeStore(RangeDescriptor range) {
    List<StoreId> free = new ArrayList<>();
    List<StoreId> down = new ArrayList<>();
    for (SimStore store : fleet.stores()) {
      if (range.replicaOn(store.id()).isEmpty()) {
        (store.isUp() ? free : down).add(store.id());
      }
    }
    if (down.isEmpty() && free.isEmpty()) {
      return null;
    }
    return any(free.isEmpty() || !down.isEmpty() && !random.oneIn(4) ? down : free);
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
