package io.flotilla.sim.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.engine.Engine;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.ReadMode;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.sim.history.History;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Clients that read, write, compare-and-set, delete and scan few hot keys, one call of each client
/// at a time, and note what they saw. Every value is written once. Confined to the one thread of
/// their [Surroundings]. Their gets are proved in all three ways.
public final class Clients {
  private final Surroundings around;
  private final History history = new History();
  private final History bulk = new History();
  private final List<SnapshotRead> snapshots = new ArrayList<>();
  private boolean stopped;
  private int underWay;

  /// Several keys as they were found at one moment of the oracle's time.
  ///
  /// @param invoked when the call began, by the history's clock
  /// @param drawn when the moment had been drawn for certain
  public record SnapshotRead(
      String client,
      long timestamp,
      SortedMap<String, @Nullable String> found,
      long invoked,
      long drawn) {}

  /// A moment that a client drew, and by the history's clock when.
  private record Moment(Snapshot snapshot, long invoked, long drawn) {}

  /// They begin at once.
  public Clients(Surroundings around, int clients) {
    this.around = around;
    for (int i = 0; i < clients; i++) {
      String name = "c" + i;
      ReadMode reads = ReadMode.values()[i % ReadMode.values().length];
      new Client(name, around.newEngine(name), reads).pause();
    }
    around.at(0, new Filler(around.newEngine("filler"))::next);
  }

  /// Somebody who has not been here before writes once, or reads as of a moment that he draws.
  ///
  /// @param onGone hears, once his call has ended well, about which key; null: it failed
  public void visit(String name, Engine engine, Consumer<@Nullable String> onGone) {
    new Client(name, engine, ReadMode.LEASE).visit(onGone);
  }

  /// Somebody who comes back with what he knew of the fleet when he was here last. He calls when he
  /// is told to, one call at a time.
  public Regular newRegular(String name, Engine engine) {
    return new Client(name, engine, ReadMode.LEASE);
  }

  /// See [#newRegular].
  public interface Regular {
    /// False while he waits for an answer.
    boolean isHere();

    /// Reads the key, now or as of a moment that he draws.
    void look(String key);
  }

  /// True once no client begins another call.
  public boolean isStopped() {
    return stopped;
  }

  public History history() {
    return history;
  }

  /// What was written as bulk, which nobody reads.
  public History bulk() {
    return bulk;
  }

  public List<SnapshotRead> snapshots() {
    return snapshots;
  }

  /// No client begins another call.
  public void stop() {
    stopped = true;
  }

  public boolean isIdle() {
    return underWay == 0;
  }

  /// One client of the fleet.
  private final class Client implements Regular {
    private final String name;
    private final Engine engine;
    private final ReadMode reads;
    private final RandomSource random;
    private @Nullable String lastSeen;
    private @Nullable Moment moment;
    private @Nullable Consumer<@Nullable String> onGone;
    private @Nullable String asked;
    private boolean well;
    private int number;

    Client(String name, Engine engine, ReadMode reads) {
      this.name = name;
      this.engine = engine;
      this.reads = reads;
      this.random = around.random("workload " + name);
    }

    void pause() {
      around.at(random.nextLong(around.thinkNanosMax(name)), this::next);
    }

    void visit(Consumer<@Nullable String> then) {
      onGone = then;
      underWay++;
      String key = around.key(random);
      asked = key;
      if (random.oneIn(3)) {
        readAtNew(key);
      } else {
        put(key, name + "-" + ++number);
      }
    }

    @Override
    public boolean isHere() {
      return asked == null;
    }

    @Override
    public void look(String key) {
      asked = key;
      onGone = _ -> asked = null;
      underWay++;
      if (random.oneIn(2)) {
        readAtNew(key);
      } else {
        get(key);
      }
    }

    private void next() {
      if (stopped) {
        return;
      }
      underWay++;
      String key = around.key(random);
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
      if (onGone == null) {
        pause();
      } else {
        onGone.accept(well ? asked : null);
      }
    }

    private void get(String key) {
      History.Pending pending = history.get(name, key);
      Engine proved = reads == ReadMode.LEASE ? engine : engine.withReads(reads);
      hear(
          proved.getAsync(key.getBytes(UTF_8)),
          (value, failure) -> {
            if (failure == null) {
              lastSeen = text(value);
              pending.found(lastSeen);
              well = true;
            }
            over();
          });
    }

    private void put(String key, @Nullable String value) {
      History.Pending pending = history.put(name, key, value);
      byte[] bytes = key.getBytes(UTF_8);
      CompletableFuture<Void> put =
          value == null ? engine.deleteAsync(bytes) : engine.putAsync(bytes, value.getBytes(UTF_8));
      hear(
          put,
          (_, failure) -> {
            if (failure == null) {
              around.onAcknowledged(name, key, value);
              pending.done();
              well = true;
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
      CompletableFuture<Boolean> swap =
          engine.compareAndSetAsync(
              key.getBytes(UTF_8),
              Optional.ofNullable(expected).map(text -> text.getBytes(UTF_8)),
              Optional.of(update.getBytes(UTF_8)));
      hear(
          swap,
          (swapped, failure) -> {
            if (failure != null) {
              failed(pending, failure);
            } else {
              if (swapped) {
                around.onAcknowledged(name, key, update);
              }
              pending.swapped(swapped);
            }
            over();
          });
    }

    private void scan() {
      Surroundings.Scanned scanned = around.scanned();
      long invoked = history.now();
      KeyRange range = KeyRange.prefix(scanned.prefix().getBytes(UTF_8));
      hear(
          engine.scanAsync(range, ScanOptions.FORWARD),
          (page, failure) -> {
            if (failure == null && page.rest() == null) {
              noteScan(scanned, page, invoked);
            }
            over();
          });
    }

    private void noteScan(Surroundings.Scanned scanned, ScanPage page, long invoked) {
      SortedMap<String, @Nullable String> found = new TreeMap<>();
      scanned.keys().forEach(key -> found.put(key, null));
      for (KeyValue each : page.entries()) {
        found.replace(new String(each.key(), UTF_8), new String(each.value(), UTF_8));
      }
      long timestamp = page.snapshot().timestamp().value();
      snapshots.add(new SnapshotRead(name, timestamp, found, invoked, history.now()));
    }

    /// Reads as of a moment that it draws, or of one that it drew before.
    private void multiGet() {
      Moment old = moment;
      if (old != null && random.oneIn(3)) {
        readAt(old, around.key(random));
      } else {
        readAtNew(around.key(random));
      }
    }

    private void readAtNew(String key) {
      long invoked = history.now();
      hear(
          engine.snapshotAsync(),
          (snapshot, failure) -> {
            if (failure == null) {
              moment = new Moment(snapshot, invoked, history.now());
              readAt(moment, key);
            } else {
              over();
            }
          });
    }

    private void readAt(Moment then, String a) {
      Snapshot snapshot = then.snapshot();
      SortedMap<String, @Nullable String> found = new TreeMap<>();
      String b = around.key(random);
      CompletableFuture<Optional<byte[]>> first = engine.getAsync(a.getBytes(UTF_8), snapshot);
      CompletableFuture<Optional<byte[]>> second = engine.getAsync(b.getBytes(UTF_8), snapshot);
      hear(
          first.thenCombine(second, List::of),
          (values, failure) -> {
            if (failure == null) {
              found.put(a, text(values.getFirst()));
              found.put(b, text(values.getLast()));
              long timestamp = snapshot.timestamp().value();
              snapshots.add(new SnapshotRead(name, timestamp, found, then.invoked(), then.drawn()));
              well = true;
            }
            over();
          });
    }

    private <T> void hear(CompletableFuture<T> answer, BiConsumer<T, @Nullable Throwable> then) {
      answer.whenCompleteAsync(then, around.executor());
    }

    private static @Nullable String text(Optional<byte[]> value) {
      return value.map(bytes -> new String(bytes, UTF_8)).orElse(null);
    }
  }

  private static void failed(History.Pending pending, Throwable failure) {
    if (cause(failure) instanceof OutcomeUnknownException) {
      pending.unknown();
    } else {
      pending.refused();
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /// Writes bulk, so that logs are compacted, ranges are split by size, and followers that were
  /// away need snapshots. Nobody reads it before the end.
  private final class Filler {
    private final Engine engine;
    private final RandomSource random = around.random("filler");
    private int left;
    private int number;

    Filler(Engine engine) {
      this.engine = engine;
    }

    /// One wave; the next one comes when all of it is answered.
    void next() {
      if (!stopped) {
        char letter = (char) ('a' + random.nextInt(26));
        left = random.oneIn(3) ? around.waveMax() : 1;
        for (int i = left; i > 0; i--) {
          write(around.scanned().prefix() + letter + (i == 1 ? "-fill" : "-fill" + i));
        }
      }
    }

    private void write(String key) {
      String name = "f" + ++number;
      String value = name + " ".repeat(random.nextInt(1_200));
      History.Pending pending = bulk.put("filler", key, name);
      engine
          .putAsync(key.getBytes(UTF_8), value.getBytes(UTF_8))
          .whenCompleteAsync((_, failure) -> onAnswer(pending, failure), around.executor());
    }

    private void onAnswer(History.Pending pending, @Nullable Throwable failure) {
      if (failure == null) {
        pending.done();
      } else {
        failed(pending, failure);
      }
      if (--left == 0) {
        around.at(random.nextLong(around.thinkNanosMax("filler")), this::next);
      }
    }
  }
}
