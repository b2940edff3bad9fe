package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.sim.SimFleet;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.sim.SimStore;
import io.flotilla.spi.DiskStage;
import io.flotilla.store.liveness.LivenessOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What wakes many ranges at once, and in which order.
final class SleepersTest {
  private static final RangeId RANGE = RangeDescriptor.FIRST;
  private static final int RANGES = 80;

  /// One wake in a tick: a store that comes back has all ranges asked again, which takes a second
  /// and more; one that dies meanwhile must not wait for that.
  @Test
  void aDeathIsNoticedBeforeRoutineIsDone() {
    SimFleet fleet = asleep(21, RANGES, 1);
    SimStore dying = fleet.store(1);
    for (RangeId range : fleet.descriptors().keySet()) {
      if (isOfDying(range) != (fleet.leader(range) == dying)) {
        fleet.transfer(range, isOfDying(range) ? 1 : 2);
      }
    }
    fleet.run(8 * SimFleet.SECOND);
    fleet.store(3).crash();
    fleet.run(2 * SimFleet.SECOND);
    fleet.store(3).start();
    fleet.run(60 * SimFleet.MILLI);
    assertEquals(0, ledElsewhere(fleet, dying));

    fleet.network().isolate(dying.id());

    fleet.run(700 * SimFleet.MILLI);
    assertTrue(ledElsewhere(fleet, dying) > 5, "led elsewhere: " + ledElsewhere(fleet, dying));
    fleet.runUntil(
        "all leaders", 5 * SimFleet.SECOND, () -> ledElsewhere(fleet, dying) == RANGES / 4);
  }

  @Test
  void aReplicaThatIsFoundLateWakesTooIfNobodySpeaksToIt() {
    SimFleet fleet = asleep(22, 1, 10);
    SimStore store = fleet.leader(RANGE) == fleet.store(3) ? fleet.store(2) : fleet.store(3);
    StoreLoop loop = store.store().core().loops().getFirst();
    RangeReplica replica = loop.replicas().get(RANGE);

    loop.post(() -> {
      replica.beginDormant();
      loop.sleepers().add(replica);
    });

    fleet.run(500 * SimFleet.MILLI);
    assertTrue(replica.isDormant());
    fleet.run(200 * SimFleet.MILLI);
    assertFalse(replica.isDormant());
  }

  /// To see whether a disk takes writes nobody writes to one that has no room at all.
  @Test
  void anExhaustedDiskIsNotProbed() {
    SimFleet fleet = asleep(23, 1, 10);
    SimStore store = fleet.store(2);
    store.room().set(DiskStage.EXHAUSTED);
    store.log().failNextWrite(SimLogStorage.Fault.LOST);
    fleet.run(5 * SimFleet.SECOND);
    assertEquals(List.of(), fleet.events(StoreEvent.StoreFailed.class));

    store.room().set(DiskStage.FULL);
    fleet.expectFailures();
    fleet.run(5 * SimFleet.SECOND);
    assertEquals(1, fleet.events(StoreEvent.StoreFailed.class).size(), "the disk does fail");
  }

  private static boolean isOfDying(RangeId range) {
    return range.value() % 4 == 0;
  }

  private static int ledElsewhere(SimFleet fleet, SimStore dying) {
    int count = 0;
    for (RangeId range : fleet.descriptors().keySet()) {
      SimStore leader = fleet.leader(range);
      count += isOfDying(range) && leader != null && leader != dying ? 1 : 0;
    }
    return count;
  }

  /// Three stores and so many ranges, all idle for long enough.
  private static SimFleet asleep(long seed, int ranges, int wakesPerTick) {
    LivenessOptions liveness =
        new LivenessOptions(
            true, 300 * SimFleet.MILLI, 3, 10, wakesPerTick, 20, 30, 200, SimFleet.SECOND, 100);
    SimFleet fleet = new SimFleet(seed, SimFleet.smallOptions().withLiveness(liveness));
    for (int i = 1; i <= 3; i++) {
      fleet.add(i);
    }
    fleet.store(2).start();
    fleet.store(3).start();
    fleet.bootstrap();
    fleet.addReplica(RANGE, 2, 2);
    fleet.addReplica(RANGE, 3, 3);
    RangeId last = RANGE;
    for (int i = 1; i < ranges; i++) {
      fleet.split(last, 99L + i, 1_000L + 10L * i, "k" + (100 + i));
      last = new RangeId(99L + i);
    }
    fleet.put(RANGE, "k10", "v");
    fleet.run(4 * SimFleet.SECOND);
    return fleet;
  }
}
