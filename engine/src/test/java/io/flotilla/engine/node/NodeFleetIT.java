package io.flotilla.engine.node;

import static io.flotilla.engine.node.LocalFleet.await;
import static io.flotilla.engine.node.LocalFleet.bytes;
import static io.flotilla.engine.node.LocalFleet.key;
import static io.flotilla.engine.node.LocalFleet.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes, and what a client must not see while they come, go and split ranges.
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NodeFleetIT {
  private static final Duration PATIENT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private LocalFleet fleet;
  private Engine client;

  @BeforeEach
  void startFirst() {
    fleet = new LocalFleet(folder, Map.of());
    client = Engine.connect(fleet.add().address()).withDeadline(PATIENT);
  }

  @AfterEach
  void stop() {
    client.close();
    fleet.close();
  }

  private void grow() {
    fleet.add();
    fleet.add();
    fleet.awaitReplicas(client, 3);
  }

  /// The client was told of the first node alone, and saw the others come only in the fleet's
  /// replies.
  @Test
  void nothingIsLostWhenTheFirstNodeStops() {
    for (int i = 0; i < 200; i++) {
      client.put(key(i), bytes("v" + i));
    }
    grow();
    fleet.node(0).close();
    for (int i = 0; i < 200; i++) {
      assertEquals("v" + i, text(client.get(key(i))));
    }
    client.put(key(1), bytes("after"));
    assertEquals("after", text(fleet.node(1).engine().withDeadline(PATIENT).get(key(1))));
  }

  /// Of the three at most one leads the placement group.
  @Test
  void aClientThatIsToldOfOneFollowerFindsTheOthers() {
    client.put(key(1), bytes("v"));
    grow();
    for (int i = 0; i < 3; i++) {
      try (Engine other = Engine.connect(fleet.node(i).address())) {
        assertEquals("v", text(other.get(key(1))));
        assertEquals(1, other.multiGet(List.of(key(1))).size());
      }
    }
  }

  @Test
  void aFleetThatWasStoppedFindsItselfOnOtherPorts() {
    client.put(key(1), bytes("v"));
    grow();
    List<String> old = List.of(fleet.node(0).address(), fleet.node(1).address());
    fleet.close();
    Node first = fleet.start(0, List.of());
    fleet.replace(0, first);
    fleet.replace(1, fleet.start(1, List.of(first.address())));
    try (Engine again = Engine.connect(first.address()).withDeadline(PATIENT)) {
      assertEquals("v", text(again.get(key(1))));
      again.put(key(1), bytes("w"));
    }
    assertEquals(2, old.size());
  }

  @Test
  void splitsAndTransfersUnderLoadLoseNothing() throws InterruptedException {
    grow();
    AtomicBoolean stop = new AtomicBoolean();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    int[] written = new int[3];
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < written.length; w++) {
      int writer = w;
      Engine engine = w == 0 ? client : fleet.node(w).engine().withDeadline(PATIENT);
      threads.add(
          guarded(
              failures,
              () -> {
                while (!stop.get()) {
                  int number = writer + 3 * written[writer];
                  engine.put(key(number), bytes("v" + number));
                  written[writer]++;
                }
              }));
    }
    threads.add(guarded(failures, () -> scanWhile(stop, false)));
    threads.add(guarded(failures, () -> scanWhile(stop, true)));
    threads.forEach(Thread::start);
    await("there is data", () -> written[0] > 100);
    for (int at : new int[] {60, 150, 90}) {
      RangeStatus range = client.fleet().rangeOf(Key.of(key(at)));
      List<RangeStatus> halves =
          client.fleet().split(range.descriptor().id(), Optional.of(Key.of(key(at))));
      RangeStatus right = halves.get(1);
      right.descriptor().replicas().stream()
          .map(replica -> replica.store())
          .filter(store -> !store.equals(right.leader()))
          .findFirst()
          .ifPresent(to -> transfer(right, to));
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(failures.isEmpty(), failures::toString);
    for (int w = 0; w < written.length; w++) {
      for (int n = 0; n < written[w]; n++) {
        int number = w + 3 * n;
        assertEquals("v" + number, text(client.get(key(number))));
      }
    }
    assertEquals(written[0] + written[1] + written[2], scan(ScanOptions.FORWARD).size());
    assertEquals(scan(ScanOptions.FORWARD).reversed(), scan(ScanOptions.REVERSE));
  }

  private void transfer(RangeStatus range, io.flotilla.keyspace.StoreId to) {
    try {
      client.fleet().transferLeader(range.descriptor().id(), to);
    } catch (EngineException busy) {
      // Whether it happens is not what is tested.
    }
  }

  /// Each writer writes its numbers in order, so a consistent scan has no gaps in any of the three.
  private void scanWhile(AtomicBoolean stop, boolean reverse) {
    while (!stop.get()) {
      List<String> keys = scan(new ScanOptions(reverse, 0, null, 2_000));
      List<String> sorted = keys.stream().sorted().toList();
      assertEquals(reverse ? sorted.reversed() : sorted, keys);
      int[] count = new int[3];
      for (String found : sorted) {
        int number = Integer.parseInt(found.substring(1));
        assertEquals(count[number % 3], number / 3, "a gap before " + found);
        count[number % 3]++;
      }
    }
  }

  private List<String> scan(ScanOptions options) {
    List<String> keys = new ArrayList<>();
    try (Cursor cursor = client.scan(KeyRange.prefix(bytes("k")), options)) {
      while (cursor.hasNext()) {
        KeyValue entry = cursor.next();
        keys.add(text(Optional.of(entry.key())));
      }
    }
    return keys;
  }

  @Test
  void countersOfSwapsAreExactWhileLeadersChange() throws InterruptedException {
    grow();
    client.put(key(0), bytes("0"));
    AtomicInteger sure = new AtomicInteger();
    AtomicInteger unsure = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Engine engine = t == 0 ? client : fleet.node(t - 1).engine().withDeadline(PATIENT);
      threads.add(
          guarded(
              failures,
              () -> {
                int done = 0;
                while (done < 60) {
                  try {
                    if (increment(engine)) {
                      sure.incrementAndGet();
                      done++;
                    }
                  } catch (OutcomeUnknownException e) {
                    unsure.incrementAndGet();
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    for (int round = 0; round < 3; round++) {
      RangeStatus range = client.fleet().rangeOf(Key.of(key(0)));
      range.descriptor().replicas().stream()
          .map(replica -> replica.store())
          .filter(store -> !store.equals(range.leader()))
          .findAny()
          .ifPresent(to -> transfer(range, to));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(failures.isEmpty(), failures::toString);
    int counted = Integer.parseInt(text(client.get(key(0))));
    assertTrue(
        sure.get() <= counted && counted <= sure.get() + unsure.get(),
        () -> counted + " counted, " + sure + " sure, " + unsure + " not");
  }

  private static boolean increment(Engine engine) {
    Optional<byte[]> before = engine.get(key(0));
    int next = Integer.parseInt(text(before)) + 1;
    return engine.compareAndSet(key(0), before, Optional.of(bytes("" + next)));
  }

  /// Two counters in two ranges, the second one always raised after the first: no snapshot may see
  /// the second one ahead, however it reads.
  @Test
  void snapshotsAreConsistentOverRangesWhileALeaderStops() throws InterruptedException {
    client.put(key(1), bytes("0"));
    client.put(key(9), bytes("0"));
    client.fleet().split(client.fleet().rangeOf(Key.EMPTY).descriptor().id(), at(5));
    grow();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Thread writer = guarded(failures, () -> raiseBoth(stop, rounds));
    Thread reader = guarded(failures, () -> compareBoth(stop, client));
    Engine second = fleet.node(1).engine().withDeadline(PATIENT);
    Thread other = guarded(failures, () -> compareBoth(stop, second));
    List<Thread> threads = List.of(writer, reader, other);
    threads.forEach(Thread::start);
    await("some rounds are done", () -> rounds.get() > 20);
    fleet.node(0).close();
    int before = rounds.get();
    await("it goes on", () -> rounds.get() > before + 20 || !failures.isEmpty());
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(failures.isEmpty(), failures::toString);
  }

  private static Optional<Key> at(int number) {
    return Optional.of(Key.of(key(number)));
  }

  private void raiseBoth(AtomicBoolean stop, AtomicInteger rounds) {
    Engine engine = fleet.node(2).engine().withDeadline(PATIENT);
    for (int i = 1; !stop.get(); i++) {
      putForSure(engine, key(1), bytes("" + i));
      putForSure(engine, key(9), bytes("" + i));
      rounds.set(i);
    }
  }

  private static void putForSure(Engine engine, byte[] key, byte[] value) {
    while (true) {
      try {
        engine.put(key, value);
        return;
      } catch (OutcomeUnknownException again) {
        // The same value once more does no harm.
      }
    }
  }

  private static void compareBoth(AtomicBoolean stop, Engine engine) {
    int highest = 0;
    while (!stop.get()) {
      Snapshot snapshot = engine.snapshot();
      int late = Integer.parseInt(text(engine.get(key(9), snapshot)));
      int early = Integer.parseInt(text(engine.get(key(1), snapshot)));
      assertTrue(early == late || early == late + 1, early + " and " + late);
      assertTrue(late >= highest, "time went back from " + highest + " to " + late);
      highest = late;
      List<Optional<byte[]>> both = engine.multiGet(List.of(key(9), key(1)), snapshot);
      assertEquals(late, Integer.parseInt(text(both.get(0))));
      assertEquals(early, Integer.parseInt(text(both.get(1))));
    }
  }

  private static Thread guarded(Queue<Throwable> failures, Runnable work) {
    return Thread.ofPlatform()
        .unstarted(() -> {
          try {
            work.run();
          } catch (RuntimeException | AssertionError e) {
            failures.add(e);
          }
        });
  }
}
