package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeMachine;
import io.flotilla.sim.SimLayout;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.RangeUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Collection under splits, changes of leader, restarts and safe points that reach each store at
/// another time. A snapshot read gives what was written, or says that it is too old; and a snapshot
/// that is held is never too old.
class CollectionScheduleTest {
  private static final int STEPS = 1_500;
  private static final int STORES = 3;
  private static final int KEYS = 12;
  private static final long RETENTION_MILLIS = 2_000;
  private static final long SECOND = 1_000_000_000L;
  private static final KvOptions OPTIONS = new KvOptions(1 << 20, 16, 1 << 20, 4, 8, 10, 1_000);

  private final ManualLoop loop = new ManualLoop();
  private final SimStateStorage state = new SimStateStorage(SimLayout.PLAIN, new RandomSource(1));
  private final List<Store> stores = new ArrayList<>();
  private final List<Range> ranges = new ArrayList<>();
  private final TreeMap<String, TreeMap<Long, String>> written = new TreeMap<>();
  private final List<Long> held = new ArrayList<>();
  private final List<Long> loose = new ArrayList<>();
  private long now = Bench.START;
  private long safePoint;
  private long nextRange = 10;
  private long term = 1;
  private int tooOld;
  private int answered;

  /// One process: what its ranges know is its own, what is on disk is everybody's.
  private final class Store {
    KvEnvironment environment;
    KvMachines machines;

    Store() {
      restart();
    }

    void restart() {
      TimestampSource source =
          (count, onDrawn) -> {
            long first = now + 1;
            now += count;
            Timestamp told = new Timestamp(safePoint);
            loop.execute(() -> onDrawn.accept(new TimestampSource.Drawn.Block(first, told)));
          };
      ReadPool pool = new ReadPool(loop, List.of(loop), 1_000);
      environment =
          new KvEnvironment(
              loop,
              state,
              pool,
              new TimestampBatcher(loop, source, 1_000),
              new FakeRoom(),
              OPTIONS);
      machines = new KvMachines(environment);
    }
  }

  /// One range and whoever leads it.
  private final class Range {
    RangeDescriptor descriptor;
    FakeRange access;
    RangeMachine machine;

    Range(RangeDescriptor descriptor, Store store) {
      this.descriptor = descriptor;
      state.apply(
          List.of(
              new RangeUpdate(descriptor.id(), new EntryId(1, 10), descriptor, List.of(), false)));
      lead(store);
    }

    void lead(Store store) {
      if (machine != null) {
        machine.onLeadershipLost();
        settle();
      }
      access = new FakeRange(loop, state, descriptor);
      machine = store.machines.create(descriptor.id(), access);
      machine.onLeadership(term++);
    }
  }

  /// Everything goes on until nothing is left to do.
  private void settle() {
    boolean busy = true;
    while (busy) {
      loop.run();
      busy = false;
      for (Range range : ranges) {
        if (range.access.proposals() > 0) {
          range.access.applyAll();
          busy = true;
        }
      }
    }
  }

  private static String name(int number) {
    return "k" + (char) ('a' + number);
  }

  private Range rangeOf(String key) {
    return ranges.stream()
        .filter(range -> range.descriptor.span().contains(FakeRange.key(key)))
        .findFirst()
        .orElseThrow();
  }

  private KvReply ask(Range range, KvRequest request) {
    List<KvReply> replies = new ArrayList<>();
    range.machine.serve(new KvCall(request, replies::add));
    settle();
    assertEquals(1, replies.size(), () -> request + " was answered " + replies);
    return replies.getFirst();
  }

  private void put(RandomSource random) {
    String key = name(random.nextInt(KEYS));
    String value = "v" + now;
    Range range = rangeOf(key);
    KvRequest.Target target =
        new KvRequest.Target(range.descriptor.id(), range.descriptor.generation());
    KvReply reply = ask(range, new KvRequest.Put(target, FakeRange.key(key), Bench.bytes(value)));
    long at = ((KvReply.Done) reply).at().value();
    written.computeIfAbsent(key, _ -> new TreeMap<>()).put(at, value);
  }

  private void read(long at, boolean isHeld, RandomSource random) {
    read(name(random.nextInt(KEYS)), at, isHeld);
  }

  /// Reads all keys of a range that has a new leader, before that one hears anything else.
  private void readAll(Range range, RandomSource random) {
    if (loose.isEmpty()) {
      return;
    }
    long at = loose.get(random.nextInt(loose.size()));
    for (int i = 0; i < KEYS; i++) {
      if (rangeOf(name(i)) == range) {
        read(name(i), at, false);
      }
    }
  }

  private void read(String key, long at, boolean isHeld) {
    Range range = rangeOf(key);
    KvRequest.Target target =
        new KvRequest.Target(range.descriptor.id(), range.descriptor.generation());
    String found =
        Bench.text(ask(range, new KvRequest.Get(target, FakeRange.key(key), new Timestamp(at))));
    if (found.equals("too old")) {
      assertTrue(!isHeld, () -> "held since " + at + ", and yet too old");
      tooOld++;
      return;
    }
    var version = written.getOrDefault(key, new TreeMap<>()).floorEntry(at);
    assertEquals(version == null ? "none" : version.getValue(), found, () -> key + " at " + at);
    answered++;
  }

  private void split(RandomSource random) {
    Key at = FakeRange.key(name(random.nextInt(KEYS)));
    Range left =
        ranges.stream()
            .filter(range -> range.descriptor.span().canSplitAt(at))
            .findFirst()
            .orElse(null);
    if (left == null || ranges.size() > 8) {
      return;
    }
    KeySpan whole = left.descriptor.span();
    RangeDescriptor right =
        new RangeDescriptor(
            new RangeId(nextRange++),
            new KeySpan(at, whole.end()),
            left.descriptor.generation() + 1,
            left.descriptor.replicas());
    left.descriptor = left.descriptor.withSpan(new KeySpan(whole.start(), at));
    left.access.become(left.descriptor);
    left.machine.onDescriptor(left.descriptor);
    ranges.add(new Range(right, stores.get(random.nextInt(STORES))));
    readAll(ranges.getLast(), random);
  }

  /// As the placement driver does it: the retention ago, held back, never going back.
  private void moveSafePoint() {
    long target = now - (RETENTION_MILLIS << Timestamp.COUNTER_BITS);
    for (long at : held) {
      target = Math.min(target, at);
    }
    safePoint = Math.max(safePoint, target);
  }

  private void restart(Store store) {
    store.machines.stop();
    store.restart();
    ranges.forEach(range -> range.lead(stores.get(0)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void nothingIsServedThatMayBeGoneAndWhatIsHeldIsServed(long seed) {
    RandomSource random = new RandomSource(seed);
    for (int i = 0; i < STORES; i++) {
      stores.add(new Store());
    }
    ranges.add(new Range(FakeRange.descriptor(2, "", "", 1), stores.get(0)));
    for (int i = 0; i < STEPS; i++) {
      step(random);
    }
    long collected = written.values().stream().mapToInt(TreeMap::size).sum() - versions();
    assertTrue(collected > 50, "versions were collected: " + collected);
    assertTrue(tooOld > 20, "some snapshots were too old: " + tooOld);
    assertTrue(answered > 60, "others were not: " + answered);
  }

  private long versions() {
    KeySpan interval = StateLayout.versionsOf(KeySpan.ALL);
    long count = 0;
    try (var cursor = state.scan(interval.start().bytes(), interval.end().bytes(), false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        count++;
      }
    }
    return count;
  }

  private void step(RandomSource random) {
    if (random.oneIn(2)) {
      ranges.get(random.nextInt(ranges.size())).machine.rest();
    }
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> put(random);
      case 5 -> now += (long) random.nextInt(600) << Timestamp.COUNTER_BITS;
      case 6 -> moveSafePoint();
      case 7, 8 -> {
        Timestamp told = new Timestamp(safePoint);
        stores.get(random.nextInt(STORES)).machines.onSafePoint(told);
      }
      case 9 -> {
        loop.advance(SECOND);
        settle();
      }
      case 10 -> {
        if (random.oneIn(4)) {
          split(random);
        }
      }
      case 11 -> {
        Range range = ranges.get(random.nextInt(ranges.size()));
        range.lead(stores.get(random.nextInt(STORES)));
        readAll(range, random);
      }
      case 12 -> {
        if (random.oneIn(8)) {
          restart(stores.get(random.nextInt(STORES)));
        }
      }
      case 13 -> {
        (held.size() < 3 && random.oneIn(3) ? held : loose).add(++now);
        if (random.oneIn(4) && !held.isEmpty()) {
          loose.add(held.removeFirst());
        }
      }
      case 14 -> {
        if (!held.isEmpty()) {
          read(held.get(random.nextInt(held.size())), true, random);
        }
      }
      default -> {
        if (!loose.isEmpty()) {
          read(loose.get(random.nextInt(loose.size())), false, random);
        }
      }
    }
  }
}
