package io.flotilla.sim.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.sim.history.History;
import io.flotilla.spi.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Clients that read, write, compare-and-set, delete and scan few hot keys, one call of each client
/// at a time, and note what they saw. Every value is written once. Some hurry; some rest, and then
/// ask whoever led when they last looked; some come anew, and find who leads now.
final class Workload {
  private static final int KEYS = 8;
  private static final long THINK_NANOS_MAX = 60_000_000;
  private static final long REST_NANOS_MAX = 1_500_000_000;
  private static final long VISIT_NANOS_MAX = 400_000_000;
  private static final int VISITORS_MAX = 3;
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final Duration PATIENT_DEADLINE = Duration.ofSeconds(9);

  private final SimulatedFleet fleet;
  private final Truth truth;
  private final RandomSource visits;
  private final History history = new History();
  private final List<SnapshotRead> snapshots = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private boolean stopped;
  private int underWay;
  private int visitors;
  private int visitsBegun;

  /// Several keys as they were found at one moment of the oracle's time.
  ///
  /// @param invoked when the call began, by the history's clock
  record SnapshotRead(
      String client,
      long timestamp,
      SortedMap<String, @Nullable String> found,
      long invoked,
      long returned) {}

  /// A moment that a client drew.
  private record Drawn(Snapshot snapshot, long invoked) {}

  /// @param fillers calls of the filler at a time
  Workload(SimulatedFleet fleet, int clients, int fillers) {
    this.fleet = fleet;
    this.truth = fleet.rules().truth();
    this.visits = fleet.world().random("visits");
    for (int i = 0; i < KEYS; i++) {
      keys.add("k" + (char) ('a' + 3 * i));
    }
    for (int i = 0; i < clients; i++) {
      Duration deadline = i % 2 == 0 ? DEADLINE : PATIENT_DEADLINE;
      long think = i < clients / 2 ? REST_NANOS_MAX : THINK_NANOS_MAX;
      Client client = new Client("c" + i, fleet.newClient(deadline).engine(), think);
      client.pause();
    }
    awaitVisitor();
    Filler filler = new Filler(fleet.newClient(DEADLINE).engine(), fillers);
    fleet.world().at(0, filler::next);
  }

  /// Somebody who has not been here before, and knows of no leader of old: writes once.
  private void awaitVisitor() {
    fleet
        .world()
        .at(
            visits.nextLong(VISIT_NANOS_MAX),
            () -> {
              if (!stopped) {
                if (visitors < VISITORS_MAX) {
                  visitors++;
                  new Client("v" + ++visitsBegun, fleet.newClient(DEADLINE).engine(), 0).visit();
                }
                awaitVisitor();
              }
            });
  }

  List<String> keys() {
    return keys;
  }

  History history() {
    return history;
  }

  List<SnapshotRead> snapshots() {
    return snapshots;
  }

  void stop() {
    stopped = true;
  }

  boolean isIdle() {
    return underWay == 0;
  }

  /// One client of the fleet.
  private final class Client {
    private final String name;
    private final Engine engine;
    private final RandomSource random;
    private final long thinkNanos;
    private @Nullable String lastSeen;
    private @Nullable Drawn drawn;
    private int number;

    /// @param thinkNanos how long it waits between two calls at most; 0: it calls but once
    Client(String name, Engine engine, long thinkNanos) {
      this.thinkNanos = thinkNanos;
      this.name = name;
      this.engine = engine;
      this.random = fleet.world().random("workload " + name);
    }

    void pause() {
      fleet.world().at(random.nextLong(thinkNanos), this::next);
    }

    void visit() {
      underWay++;
      put(keys.get(random.nextInt(keys.size())), name + "-" + ++number);
    }

    private void next() {
      if (stopped) {
        return;
      }
      underWay++;
      String key = keys.get(random.nextInt(keys.size()));
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> put(key, name + "-" + ++number);
        case 3 -> put(key, null);
        case 4, 5, 6 -> swap(key);
        case 7 -> scan();
        case 8 -> multiGet();
        default -> get(key);
      }
    }

    private void over() {
      underWay--;
      if (thinkNanos > 0) {
        pause();
      } else {
        visitors--;
      }
    }

    private void get(String key) {
      History.Pending pending = history.get(name, key);
      engine
          .getAsync(key.getBytes(UTF_8))
          .whenComplete((value, failure) -> {
            if (failure == null) {
              lastSeen = text(value);
              pending.found(lastSeen);
            }
            over();
          });
    }

    private void put(String key, @Nullable String value) {
      History.Pending pending = history.put(name, key, value);
      byte[] bytes = key.getBytes(UTF_8);
      CompletableFuture<Void> put =
          value == null ? engine.deleteAsync(bytes) : engine.putAsync(bytes, value.getBytes(UTF_8));
      put.whenComplete((_, failure) -> {
        if (failure == null) {
          requireThere(key, value);
          pending.done();
        } else {
          failed(pending, failure);
        }
        over();
      });
    }

    private void swap(String key) {
      String expected = random.oneIn(4) ? null : lastSeen;
      String update = name + "-" + ++number;
      History.Pending pending = history.swap(name, key, expected, update);
      engine
          .compareAndSetAsync(
              key.getBytes(UTF_8),
              Optional.ofNullable(expected).map(text -> text.getBytes(UTF_8)),
              Optional.of(update.getBytes(UTF_8)))
          .whenComplete((swapped, failure) -> {
            if (failure != null) {
              failed(pending, failure);
            } else {
              if (swapped) {
                requireThere(key, update);
              }
              pending.swapped(swapped);
            }
            over();
          });
    }

    /// What is acknowledged has been applied somewhere.
    private void requireThere(String key, @Nullable String value) {
      Broken.check(
          value == null || truth.timestampOf(key, value) != null,
          () -> name + ": " + key + " = " + value + " was acknowledged and is nowhere");
    }

    private void failed(History.Pending pending, Throwable failure) {
      if (failure instanceof OutcomeUnknownException) {
        pending.unknown();
      } else {
        pending.refused();
      }
    }

    private void scan() {
      long invoked = history.now();
      ScanOptions options = ScanOptions.FORWARD;
      engine
          .scanAsync(KeyRange.prefix("k".getBytes(UTF_8)), options)
          .whenComplete((page, failure) -> {
            if (failure == null && page.rest() == null) {
              noteScan(page, invoked);
            }
            over();
          });
    }

    private void noteScan(ScanPage page, long invoked) {
      SortedMap<String, @Nullable String> found = new TreeMap<>();
      keys.forEach(key -> found.put(key, null));
      for (KeyValue each : page.entries()) {
        found.replace(new String(each.key(), UTF_8), new String(each.value(), UTF_8));
      }
      note(page.snapshot().timestamp().value(), found, invoked);
    }

    /// Reads as of a moment that it draws, or of one that it drew before.
    private void multiGet() {
      Drawn old = drawn;
      if (old != null && random.oneIn(3)) {
        multiGet(old);
        return;
      }
      long invoked = history.now();
      engine
          .snapshotAsync()
          .whenComplete((snapshot, failure) -> {
            if (failure != null) {
              over();
              return;
            }
            Drawn fresh = new Drawn(snapshot, invoked);
            drawn = fresh;
            multiGet(fresh);
          });
    }

    private void multiGet(Drawn moment) {
      SortedMap<String, @Nullable String> found = new TreeMap<>();
      String a = keys.get(random.nextInt(keys.size()));
      String b = keys.get(random.nextInt(keys.size()));
      engine
          .getAsync(a.getBytes(UTF_8), moment.snapshot())
          .thenCombine(
              engine.getAsync(b.getBytes(UTF_8), moment.snapshot()),
              (first, second) -> {
                found.put(a, text(first));
                found.put(b, text(second));
                return found;
              })
          .whenComplete((all, late) -> {
            if (late == null) {
              note(moment.snapshot().timestamp().value(), found, moment.invoked());
            }
            over();
          });
    }

    private void note(long timestamp, SortedMap<String, @Nullable String> found, long invoked) {
      snapshots.add(new SnapshotRead(name, timestamp, found, invoked, history.now()));
    }

    private static @Nullable String text(Optional<byte[]> value) {
      return value.map(bytes -> new String(bytes, UTF_8)).orElse(null);
    }
  }

  /// Writes bulk, so that logs are compacted, ranges are split by size, and followers that were
  /// away need snapshots. Nobody reads it.
  private final class Filler {
    private final Engine engine;
    private final RandomSource random = fleet.world().random("filler");
    private final int atOnce;
    private int left;
    private int number;

    Filler(Engine engine, int atOnce) {
      this.engine = engine;
      this.atOnce = atOnce;
    }

    /// One wave; the next one comes when all of it is answered.
    void next() {
      if (!stopped) {
        char prefix = (char) ('a' + random.nextInt(26));
        left = random.oneIn(3) ? atOnce : 1;
        for (int i = left; i > 0; i--) {
          write("k" + prefix + (i == 1 ? "-fill" : "-fill" + i));
        }
      }
    }

    private void write(String key) {
      String value = "f" + ++number + " ".repeat(random.nextInt(1_200));
      engine
          .putAsync(key.getBytes(UTF_8), value.getBytes(UTF_8))
          .whenComplete((_, _) -> {
            if (--left == 0) {
              fleet.world().at(random.nextLong(THINK_NANOS_MAX), this::next);
            }
          });
    }
  }
}
