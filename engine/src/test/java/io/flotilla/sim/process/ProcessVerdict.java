package io.flotilla.sim.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.sim.clients.Clients;
import io.flotilla.sim.clients.Explanation;
import io.flotilla.sim.history.History;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What is asked of a fleet of processes when its faults are over: that it heals, takes writes
/// everywhere, that what its clients saw can be explained, and that its disks agree.
final class ProcessVerdict {
  private static final Duration HEAL_MAX = Duration.ofSeconds(60);
  private static final Duration PATIENT = Duration.ofSeconds(30);

  private final ProcessFleet fleet;
  private final Diary diary;

  ProcessVerdict(ProcessFleet fleet, Diary diary) {
    this.fleet = fleet;
    this.diary = diary;
  }

  /// Faults are over, the clients go on.
  void requireHealing() {
    long began = System.nanoTime();
    try (Engine engine = fleet.connect(PATIENT)) {
      String complaint = fleet.awaitWell(engine, HEAL_MAX);
      if (complaint != null) {
        diary.violation("does not heal within " + HEAL_MAX + ": " + complaint);
        return;
      }
      diary.say("healed in %.1f s".formatted((System.nanoTime() - began) / 1e9));
      for (RangeStatus range : engine.fleet().ranges()) {
        if (!range.descriptor().isPlacement()) {
          requireWrite(engine, range);
        }
      }
    } catch (EngineException failed) {
      diary.violation("after healing: " + failed);
    }
  }

  private static void requireWrite(Engine engine, RangeStatus range) {
    byte[] start = range.descriptor().span().start().bytes();
    byte[] key = Arrays.copyOf(start, start.length + 2); // no key of a client
    engine.put(key, ("healed-" + range.descriptor().id()).getBytes(UTF_8));
  }

  /// The clients have stopped: every key is read once more.
  void readAll(History history) {
    try (Engine engine = fleet.connect(PATIENT)) {
      for (String key : history.byKey().keySet()) {
        History.Pending pending = history.get("verdict", key);
        Optional<byte[]> value = engine.get(key.getBytes(UTF_8));
        pending.found(value.map(bytes -> new String(bytes, UTF_8)).orElse(null));
      }
    } catch (EngineException failed) {
      diary.violation("after healing: " + failed);
    }
  }

  /// The nodes have stopped.
  void requireExplanation(Clients clients, ProcessSurroundings around) {
    DiskVersions disks = new DiskVersions(fleet.stores());
    diary.say(
        "on the disks: "
            + disks.count()
            + " versions; "
            + disks.compared()
            + " replicas compared at the same entry");
    disks.contradictions().forEach(diary::violation);
    for (ProcessSurroundings.Acknowledged each : around.acknowledged()) {
      if (disks.timestampOf(each.key(), each.value()) == null) {
        diary.violation("was acknowledged and is on no disk: " + each);
      }
    }
    new Explanation(clients.history(), clients.snapshots(), disks)
        .complaint()
        .ifPresent(diary::violation);
  }

  /// Every node that was told to stop did so in order.
  void requireEnd() throws InterruptedException {
    List<Integer> ended = fleet.ended();
    if (!ended.isEmpty()) {
      diary.violation("nodes ended by themselves: " + ended + "; see their logs");
    }
    for (int node = 1; node <= fleet.size(); node++) {
      int code = ended.contains(node) ? 0 : fleet.node(node).stop();
      if (code != 0) {
        diary.violation("node " + node + " did not stop in order: exit code " + code);
      }
    }
  }
}
