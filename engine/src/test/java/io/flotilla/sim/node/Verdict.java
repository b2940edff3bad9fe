package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.sim.clients.Clients;
import io.flotilla.sim.clients.Explanation;
import io.flotilla.sim.history.History;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is asked of a fleet when its faults are over: that it heals, takes writes everywhere, and
/// that what its clients saw can be explained.
final class Verdict {
  private static final Duration HEAL_MAX = Duration.ofSeconds(120);

  private final SimulatedFleet fleet;
  private final Clients clients;
  private final Truth truth;
  private final Engine engine;

  Verdict(SimulatedFleet fleet, Clients clients) {
    this.fleet = fleet;
    this.clients = clients;
    this.truth = fleet.rules().truth();
    this.engine = fleet.newClient(Duration.ofSeconds(30)).engine();
  }

  /// Faults are over, the clients go on.
  void requireHealing() {
    Health health = new Health(fleet);
    long end = fleet.world().nanos() + HEAL_MAX.toNanos();
    while (!health.isWell()) {
      if (fleet.world().nanos() > end) {
        throw fleet.failed(new Broken("does not heal: " + health.complaints()));
      }
      fleet.runFor(Duration.ofMillis(10));
    }
    for (RangeDescriptor range : List.copyOf(fleet.ranges())) {
      requireWrite(range, end);
    }
  }

  /// What refuses for a while, as stores do that still count on a full disk, may be asked again. A
  /// write whose outcome is unknown may yet be done, so each try has a value of its own.
  private void requireWrite(RangeDescriptor range, long end) {
    byte[] start = range.span().start().bytes();
    byte[] key = Arrays.copyOf(start, start.length + 2); // no key of the workload
    for (int tries = 1; ; tries++) {
      byte[] value = ("healed-" + range.id() + "." + tries).getBytes(UTF_8);
      try {
        engine.put(key, value);
        return;
      } catch (EngineException refused) {
        if (fleet.world().nanos() > end) {
          throw fleet.failed(new Broken("no write to " + range + " after healing: " + refused));
        }
        fleet.runFor(Duration.ofMillis(100));
      }
    }
  }

  /// The clients have stopped.
  void requireExplanation() {
    readAll();
    new Explanation(clients.history(), clients.snapshots(), truth)
        .complaint()
        .ifPresent(wrong -> {
          throw fleet.failed(new Broken(wrong));
        });
  }

  private void readAll() {
    for (String key : SimulatedSurroundings.KEYS) {
      History.Pending pending = clients.history().get("verdict", key);
      Optional<byte[]> value = engine.get(key.getBytes(UTF_8));
      pending.found(value.map(bytes -> new String(bytes, UTF_8)).orElse(null));
    }
  }
}
