package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.node.SimulatedClient;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.PlacementRequest.AllocateIds;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.sim.clients.Clients;
import io.flotilla.sim.clients.Explanation;
import io.flotilla.sim.history.Call;
import io.flotilla.sim.history.History;
import io.flotilla.sim.history.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is asked of a fleet when its faults are over: that it heals, takes writes everywhere, and
/// that what its clients saw can be explained.
final class Verdict {
  private static final Duration HEAL_MAX = Duration.ofSeconds(120);
  private static final Duration ASK_MAX = Duration.ofMillis(500);

  private final SimulatedFleet fleet;
  private final Clients clients;
  private final Truth truth;
  private final SimulatedClient client;
  private final Engine engine;

  Verdict(SimulatedFleet fleet, Clients clients) {
    this.fleet = fleet;
    this.clients = clients;
    this.truth = fleet.rules().truth();
    // A new one: who has not called for long may know no node's address any more.
    this.client = fleet.newClient(Duration.ofSeconds(30));
    this.engine = client.engine();
  }

  /// Faults are over, the clients go on.
  void requireHealing() {
    Health health = new Health(fleet);
    long end = fleet.world().nanos() + HEAL_MAX.toNanos();
    while (!health.isHealed()) {
      if (fleet.world().nanos() > end) {
        throw fleet.failed(new Broken("does not heal: " + health.allComplaints()));
      }
      fleet.runFor(Duration.ofMillis(10));
    }
    for (RangeDescriptor range : List.copyOf(fleet.ranges())) {
      requireWrite(range, end);
    }
    requirePlacementWrite(end);
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

  /// More ids than are left in a window: they are committed before they are given out.
  private void requirePlacementWrite(long end) {
    AllocateIds many = new AllocateIds(IdKind.PEER, PlacementRequest.IDS_MAX);
    PlacementReply[] last = new PlacementReply[1];
    long askAt = fleet.world().nanos();
    while (!(last[0] instanceof PlacementReply.Ids)) {
      if (fleet.world().nanos() > end) {
        throw fleet.failed(new Broken("no ids from placement after healing: " + last[0]));
      }
      if (fleet.world().nanos() >= askAt) {
        askAt += ASK_MAX.toNanos();
        client.ask(many, ASK_MAX.toNanos(), reply -> last[0] = reply);
      }
      fleet.runFor(Duration.ofMillis(1));
    }
  }

  /// The clients have stopped.
  void requireExplanation() {
    readAll();
    require(new Explanation(clients.history(), clients.snapshots(), truth));
    readBulk();
    requireApplied(clients.bulk());
    require(new Explanation(clients.bulk(), List.of(), truth));
  }

  private void require(Explanation explanation) {
    explanation
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

  /// One scan finds them all, since none was written after it began.
  private void readBulk() {
    Map<String, History.Pending> pending = new TreeMap<>();
    for (String key : clients.bulk().byKey().keySet()) {
      pending.put(key, clients.bulk().get("verdict", key));
    }
    Map<String, String> found = new TreeMap<>();
    try (Cursor cursor = engine.scan(KeyRange.ALL)) {
      cursor.forEachRemaining(each ->
          found.put(new String(each.key(), UTF_8), new String(each.value(), UTF_8).strip()));
    }
    pending.forEach((key, read) -> read.found(found.get(key)));
  }

  /// Also what was overwritten since, which a read in the end does not show.
  private void requireApplied(History history) {
    for (List<Operation> operations : history.byKey().values()) {
      for (Operation each : operations) {
        if (each.call() instanceof Call.Put(String value)
            && value != null
            && each.returned() != Operation.NEVER
            && truth.timestampOf(each.key(), value) == null) {
          throw fleet.failed(new Broken("was acknowledged and is nowhere: " + each));
        }
      }
    }
  }
}
