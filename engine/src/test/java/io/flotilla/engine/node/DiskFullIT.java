package io.flotilla.engine.node;

import static io.flotilla.engine.node.FakeGauges.MIB;
import static io.flotilla.engine.node.LocalFleet.await;
import static io.flotilla.engine.node.LocalFleet.bytes;
import static io.flotilla.engine.node.LocalFleet.key;
import static io.flotilla.engine.node.LocalFleet.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.DiskFullException;
import io.flotilla.engine.Engine;
import io.flotilla.engine.WriteBatch;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.StoreId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real nodes on disks that run full, by gauges that say so.
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiskFullIT {
  private static final Map<String, String> OPTIONS =
      Map.of("disk-ballast-bytes", Long.toString(8 * MIB));

  @TempDir Path folder;
  private final FakeGauges gauges = new FakeGauges();

  @Test
  void aStoreRefusesPutsWhileItsDiskIsNearlyFull() {
    try (LocalFleet fleet = new LocalFleet(folder, OPTIONS, gauges)) {
      Engine engine = fleet.add().engine();
      engine.put(key(1), bytes("1"));
      Path ballast = folder.resolve("node-0").resolve("BALLAST");
      await("the ballast is there", () -> Files.exists(ballast));
      gauges.of("node-0").setFree(900 * MIB);
      await("puts are refused", () -> isRefused(engine));
      DiskFullException full =
          assertThrows(DiskFullException.class, () -> engine.put(key(2), bytes("2")));
      assertEquals(new StoreId(1), full.store());
      assertEquals(900 * MIB, full.freeBytes());
      assertEquals(1280 * MIB, full.limitBytes());
      assertEquals("1", text(engine.get(key(1))));
      engine.delete(key(1));
      assertTrue(engine.compareAndSet(key(3), Optional.empty(), Optional.empty()));
      assertThrows(
          DiskFullException.class,
          () -> engine.write(new WriteBatch().delete(key(1)).put(key(2), bytes("2"))));
      assertEquals("-", text(engine.get(key(1))));
      await("the fleet's status says so", () -> isIn(engine, 1, StoreStatus.Disk.LOW));
      gauges.of("node-0").setFree(200 * MIB);
      await("the ballast is given up", () -> !Files.exists(ballast));
      await("the fleet's status says so", () -> isIn(engine, 1, StoreStatus.Disk.FULL));
      engine.delete(key(2));
      gauges.of("node-0").setFree(20 * MIB);
      await("all writes are refused", () -> isDeleteRefused(engine));
      gauges.of("node-0").setFree(5000 * MIB);
      await("there is room again", () -> !isRefused(engine));
      await("the ballast is back", () -> Files.exists(ballast));
    }
  }

  @Test
  void aFleetWritesWhereThereIsRoom() {
    try (LocalFleet fleet = new LocalFleet(folder, OPTIONS, gauges)) {
      String first = fleet.add().address();
      fleet.add();
      fleet.add();
      try (Engine client = Engine.connect(first).withDeadline(Duration.ofSeconds(30))) {
        fleet.awaitReplicas(client, 3);
        client.put(key(1), bytes("1"));
        long leader = leaderOfFirst(client);
        // The leader's disk: others lead from now on, and no put fails.
        gauges.of("node-" + (leader - 1)).setFree(500 * MIB);
        for (int i = 0; i < 200; i++) {
          client.put(key(i), bytes("a" + i));
        }
        await("another store leads", () -> isLedElsewhere(client, leader));
        // A follower whose disk is really full does not stop the others.
        gauges.of("node-" + (leader - 1)).setFree(100 * MIB);
        for (int i = 0; i < 200; i++) {
          client.put(key(i), bytes("b" + i));
        }
        // Two of three: nothing is written that could not be kept.
        for (int i = 0; i < 3; i++) {
          gauges.of("node-" + i).setFree((i == leader % 3 ? 5000 : 500) * MIB);
        }
        await("puts are refused", () -> isRefused(client));
        client.delete(key(5));
        assertEquals("-", text(client.get(key(5))));
        for (int i = 0; i < 3; i++) {
          gauges.of("node-" + i).setFree(5000 * MIB);
        }
        await("there is room again", () -> !isRefused(client));
        assertEquals("b199", text(client.get(key(199))));
      }
    }
  }

  @Test
  void aStoreThatStartsOnAFullDiskServesWhatItCan() {
    try (LocalFleet fleet = new LocalFleet(folder, OPTIONS, gauges)) {
      fleet.add().engine().put(key(1), bytes("1"));
    }
    gauges.of("node-0").setFree(200 * MIB);
    try (LocalFleet fleet = new LocalFleet(folder, OPTIONS, gauges)) {
      Engine engine = fleet.add().engine();
      assertEquals("1", text(engine.get(key(1))));
      assertThrows(DiskFullException.class, () -> engine.put(key(2), bytes("2")));
      engine.delete(key(1));
    }
  }

  private static boolean isRefused(Engine engine) {
    try {
      engine.put(bytes("probe"), bytes("x"));
      return false;
    } catch (DiskFullException e) {
      return true;
    }
  }

  private static boolean isDeleteRefused(Engine engine) {
    try {
      engine.delete(bytes("probe"));
      return false;
    } catch (DiskFullException e) {
      return true;
    }
  }

  private static boolean isIn(Engine engine, long store, StoreStatus.Disk disk) {
    return engine.fleet().stores().stream()
        .anyMatch(each -> each.id().value() == store && each.disk() == disk);
  }

  private static boolean isLedElsewhere(Engine engine, long store) {
    long leader = leaderOfFirst(engine);
    return leader != 0 && leader != store;
  }

  private static long leaderOfFirst(Engine engine) {
    return engine.fleet().ranges().stream()
        .filter(range -> !range.descriptor().isPlacement())
        .map(range -> range.leader())
        .mapToLong(leader -> leader == null ? 0 : leader.value())
        .max()
        .orElse(0);
  }
}
