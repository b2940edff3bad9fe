package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.sim.history.Call;
import io.flotilla.sim.history.CutCheck;
import io.flotilla.sim.history.History;
import io.flotilla.sim.history.Linearizable;
import io.flotilla.sim.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is asked of a fleet when its faults are over: that it heals, takes writes everywhere, and
/// that what its clients saw can be explained.
final class Verdict {
  private static final Duration HEAL_MAX = Duration.ofSeconds(120);

  private final SimulatedFleet fleet;
  private final Workload workload;
  private final Truth truth;
  private final Engine engine;

  Verdict(SimulatedFleet fleet, Workload workload) {
    this.fleet = fleet;
    this.workload = workload;
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
      requireWrite(range);
    }
  }

  private void requireWrite(RangeDescriptor range) {
    byte[] start = range.span().start().bytes();
    byte[] key = Arrays.copyOf(start, start.length + 2); // no key of the workload
    byte[] value = ("healed-" + range.id()).getBytes(UTF_8);
    try {
      engine.put(key, value);
    } catch (EngineException refused) {
      throw fleet.failed(new Broken("no write to " + range + " after healing: " + refused));
    }
  }

  /// The clients have stopped.
  void requireExplanation() {
    readAll();
    switch (workload.history().check()) {
      case Linearizable.Verdict.Good() -> {}
      case Linearizable.Verdict.Bad(var key, var why) ->
          throw fleet.failed(new Broken("the history of " + key + " is not linearizable: " + why));
      case Linearizable.Verdict.TooHard(var key) ->
          throw fleet.failed(new Broken("the history of " + key + " is too hard to check"));
    }
    requireOrderOfTimestamps();
    requireSnapshots();
  }

  private void readAll() {
    for (String key : workload.keys()) {
      History.Pending pending = workload.history().get("verdict", key);
      Optional<byte[]> value = engine.get(key.getBytes(UTF_8));
      pending.found(value.map(bytes -> new String(bytes, UTF_8)).orElse(null));
    }
  }

  private record Stamped(long invoked, long returned, long timestamp, Object what) {}

  /// What was finished before something else began has the lower timestamp, over all keys.
  private void requireOrderOfTimestamps() {
    List<Stamped> writes = new ArrayList<>();
    for (List<Operation> operations : workload.history().byKey().values()) {
      for (Operation each : operations) {
        Long timestamp = timestampOf(each);
        if (timestamp != null) {
          writes.add(new Stamped(each.invoked(), each.returned(), timestamp, each));
        }
      }
    }
    List<Stamped> later = new ArrayList<>(writes);
    for (Workload.SnapshotRead read : workload.snapshots()) {
      // A write at the very moment that is read at is read.
      later.add(new Stamped(read.invoked(), Long.MAX_VALUE, read.timestamp() + 1, read));
    }
    later.sort(Comparator.comparingLong(Stamped::invoked));
    writes.sort(Comparator.comparingLong(Stamped::returned));
    int finished = 0;
    Stamped newest = null;
    for (Stamped each : later) {
      while (finished < writes.size() && writes.get(finished).returned() < each.invoked()) {
        Stamped done = writes.get(finished++);
        newest = newest == null || done.timestamp() > newest.timestamp() ? done : newest;
      }
      if (newest != null && each.timestamp() <= newest.timestamp()) {
        throw fleet.failed(
            new Broken("finished earlier, but has a later timestamp: " + newest + "; " + each));
      }
    }
  }

  private @Nullable Long timestampOf(Operation operation) {
    String value =
        switch (operation.call()) {
          case Call.Put put -> put.value();
          case Call.Swap swap when swap.swapped() -> swap.update();
          case Call.Swap _, Call.Get _ -> null;
        };
    return value == null ? null : truth.timestampOf(operation.key(), value);
  }

  /// Snapshot reads found the newest versions at their moment, and are cuts of the history.
  private void requireSnapshots() {
    CutCheck cuts = new CutCheck(workload.history());
    for (Workload.SnapshotRead read : workload.snapshots()) {
      read.found()
          .forEach((key, value) -> {
            String expected = truth.valueAt(key, read.timestamp());
            if (!Objects.equals(expected, value)) {
              throw fleet.failed(
                  new Broken(
                      "read at "
                          + read.timestamp()
                          + ": "
                          + key
                          + " = "
                          + value
                          + ", but it was "
                          + expected));
            }
          });
      List<String> wrong =
          cuts.check(
              new CutCheck.CutRead(read.client(), read.found(), read.invoked(), read.returned()));
      if (!wrong.isEmpty()) {
        throw fleet.failed(new Broken("no consistent cut: " + read + ": " + wrong));
      }
    }
  }
}
