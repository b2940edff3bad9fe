package io.flotilla.sim.clients;

import io.flotilla.sim.clients.Clients.SnapshotRead;
import io.flotilla.sim.history.Call;
import io.flotilla.sim.history.CutCheck;
import io.flotilla.sim.history.History;
import io.flotilla.sim.history.Linearizable;
import io.flotilla.sim.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether what clients saw can be explained: each key's history is linearizable, timestamps keep
/// the order of real time over all keys, and snapshot reads found the newest versions at their
/// moment and are consistent cuts.
public final class Explanation {
  private final History history;
  private final List<SnapshotRead> snapshots;
  private final Versions versions;

  /// The clients have stopped.
  public Explanation(History history, List<SnapshotRead> snapshots, Versions versions) {
    this.history = history;
    this.snapshots = snapshots;
    this.versions = versions;
  }

  /// The first thing that cannot be explained; empty: all can.
  public Optional<String> complaint() {
    return linearizable().or(this::orderOfTimestamps).or(this::cuts);
  }

  private Optional<String> linearizable() {
    return switch (history.check()) {
      case Linearizable.Verdict.Good() -> Optional.empty();
      case Linearizable.Verdict.Bad(var key, var why) ->
          Optional.of("the history of " + key + " is not linearizable: " + why);
      case Linearizable.Verdict.TooHard(var key) ->
          Optional.of("the history of " + key + " is too hard to check");
    };
  }

  private record Stamped(long invoked, long returned, long timestamp, Object what) {}

  /// What was finished before something else began has the lower timestamp, over all keys.
  private Optional<String> orderOfTimestamps() {
    List<Stamped> done = new ArrayList<>();
    for (List<Operation> operations : history.byKey().values()) {
      for (Operation each : operations) {
        Long timestamp = timestampOf(each);
        if (timestamp != null) {
          done.add(new Stamped(each.invoked(), each.returned(), timestamp, each));
        }
      }
    }
    List<Stamped> later = new ArrayList<>(done);
    for (SnapshotRead read : snapshots) {
      done.add(new Stamped(read.invoked(), read.drawn(), read.timestamp(), read));
      // A write at the very moment that is read at is read.
      later.add(new Stamped(read.invoked(), read.drawn(), read.timestamp() + 1, read));
    }
    return inversion(done, later);
  }

  private static Optional<String> inversion(List<Stamped> done, List<Stamped> later) {
    later.sort(Comparator.comparingLong(Stamped::invoked));
    done.sort(Comparator.comparingLong(Stamped::returned));
    int finished = 0;
    Stamped newest = null;
    for (Stamped each : later) {
      while (finished < done.size() && done.get(finished).returned() < each.invoked()) {
        Stamped one = done.get(finished++);
        newest = newest == null || one.timestamp() > newest.timestamp() ? one : newest;
      }
      if (newest != null && each.timestamp() <= newest.timestamp()) {
        return Optional.of("finished earlier, but has a later timestamp: " + newest + "; " + each);
      }
    }
    return Optional.empty();
  }

  private @Nullable Long timestampOf(Operation operation) {
    String value =
        switch (operation.call()) {
          case Call.Put put -> put.value();
          case Call.Swap swap when swap.swapped() -> swap.update();
          case Call.Swap _, Call.Get _ -> null;
        };
    return value == null ? null : versions.timestampOf(operation.key(), value);
  }

  private Optional<String> cuts() {
    CutCheck cuts = new CutCheck(history);
    for (SnapshotRead read : snapshots) {
      Optional<String> wrong = staleVersion(read).or(() -> noCut(cuts, read));
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  private Optional<String> staleVersion(SnapshotRead read) {
    for (var each : read.found().entrySet()) {
      String expected = versions.valueAt(each.getKey(), read.timestamp());
      if (!Objects.equals(expected, each.getValue())) {
        return Optional.of("read " + each + ", but it was " + expected + " then: " + read);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> noCut(CutCheck cuts, SnapshotRead read) {
    List<String> wrong =
        cuts.check(new CutCheck.CutRead(read.client(), read.found(), read.invoked(), read.drawn()));
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of("no consistent cut: " + read + ": " + wrong);
  }
}
