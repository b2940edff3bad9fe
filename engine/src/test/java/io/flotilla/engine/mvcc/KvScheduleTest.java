package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random requests, in random interleavings with disk, oracle, log, lease and leadership, judged by
/// what the state's versions say in the end.
class KvScheduleTest {
  private static final int STEPS = 3000;

  private final Bench bench = new Bench();
  private final List<Issued> issued = new ArrayList<>();

  /// The value of each key over the steps of the test, as applied.
  private final Map<String, NavigableMap<Integer, String>> applied = new TreeMap<>();

  private int step;
  private int values;

  /// @param expected of a compare-and-set, null for all else
  /// @param at of a snapshot read
  private record Issued(
      String kind,
      String key,
      @Nullable String expected,
      @Nullable String value,
      long at,
      int from,
      Bench.Answer answer,
      int[] until) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyAnswerIsTrue(long seed) {
    RandomSource random = new RandomSource(seed);
    for (step = 1; step <= STEPS; step++) {
      act(random);
      observe();
    }
    bench.range.lease = true;
    bench.state.setCold(false);
    finish();
    issued.forEach(this::judge);
    long told = issued.stream().filter(one -> one.answer().toString().startsWith("s")).count();
    assertTrue(told > 20, "only " + told + " swaps: the schedule tests nothing");
  }

  /// Lets everything come to its end, one thing at a time.
  private void finish() {
    for (int quiet = 0; quiet < 3; step++) {
      bench.loop.run();
      bench.disk.run();
      quiet++;
      if (bench.oracle.pending() > 0) {
        bench.oracle.answer();
        quiet = 0;
      } else if (bench.range.untold() > 0) {
        bench.range.tell();
        quiet = 0;
      } else if (bench.range.proposals() > 0) {
        bench.range.applyToState();
        quiet = 0;
      } else if (bench.range.barriers() > 0) {
        bench.range.passBarrier();
        quiet = 0;
      }
      observe();
    }
  }

  private void act(RandomSource random) {
    switch (random.nextInt(23)) {
      case 0, 1, 2, 3 -> write(random);
      case 4, 5, 6, 7 -> swap(random);
      case 8, 9 -> read(random);
      case 10, 11 -> readSnapshot(random);
      case 12, 13 -> bench.loop.run();
      case 14 -> bench.disk.run();
      case 15, 16 -> {
        if (bench.oracle.pending() > 0) {
          bench.oracle.answer();
        }
      }
      case 17, 18 -> {
        if (bench.range.proposals() > 0) {
          bench.range.applyToState();
        }
      }
      case 19 -> {
        while (bench.range.untold() > 0) {
          bench.range.tell();
        }
      }
      case 20 -> bench.state.setCold(random.oneIn(2));
      case 21 -> bench.rests = random.oneIn(2);
      default -> disturb(random);
    }
  }

  private void disturb(RandomSource random) {
    if (bench.range.barriers() > 0 && !random.oneIn(3)) {
      if (random.oneIn(4)) {
        bench.range.refuseBarrier();
      } else {
        bench.range.passBarrier();
      }
    } else if (random.oneIn(4)) {
      bench.machine.onLeadershipLost();
      int kept = random.nextInt(bench.range.proposals() + 1);
      bench.range.lose(kept, new ProposalOutcome.Unknown("superseded"));
      Key key = Bench.key(key(random));
      bench.range.applyElsewhere(
          List.of(
              new StateWrite(
                  StateLayout.versionKey(key.bytes(), bench.now()),
                  Version.encode(Bench.bytes("v" + ++values)))));
      bench.machine.onLeadership(step);
    } else {
      bench.range.lease = !random.oneIn(4);
    }
  }

  private void write(RandomSource random) {
    String key = key(random);
    boolean delete = random.oneIn(5);
    String value = delete ? null : "v" + ++values;
    Bench.Answer answer = delete ? bench.delete(key) : bench.put(key, "" + value);
    issue("write", key, null, value, 0, answer);
  }

  private void swap(RandomSource random) {
    String key = key(random);
    String expected = random.oneIn(6) ? null : "v" + Math.max(1, values - random.nextInt(4));
    String value = "v" + ++values;
    issue("swap", key, expected, value, 0, bench.cas(key, expected, value));
  }

  private void read(RandomSource random) {
    String key = key(random);
    issue("read", key, null, null, 0, bench.get(key));
  }

  private void readSnapshot(RandomSource random) {
    String key = key(random);
    long at = random.oneIn(2) ? bench.now() : bench.oracle.last - random.nextInt(30);
    issue("snapshot", key, null, null, at, bench.get(key, at));
  }

  private void issue(
      String kind,
      String key,
      @Nullable String expected,
      @Nullable String value,
      long at,
      Bench.Answer answer) {
    issued.add(new Issued(kind, key, expected, value, at, step, answer, new int[1]));
  }

  /// Notes what is applied after this step, and which requests were answered in it.
  private void observe() {
    for (String key : List.of("a", "b")) {
      NavigableMap<Integer, String> history = applied.computeIfAbsent(key, _ -> initial());
      String now = versionAt(key, Long.MAX_VALUE);
      if (!now.equals(history.lastEntry().getValue())) {
        history.put(step, now);
      }
    }
    for (Issued one : issued) {
      if (one.until()[0] == 0 && !one.answer().replies.isEmpty()) {
        one.until()[0] = step;
      }
    }
  }

  private static NavigableMap<Integer, String> initial() {
    NavigableMap<Integer, String> history = new TreeMap<>();
    history.put(0, "none");
    return history;
  }

  private void judge(Issued one) {
    assertEquals(1, one.answer().replies.size(), "one answer for " + one);
    String answer = one.answer().toString();
    switch (one.kind()) {
      case "read" -> {
        if (!answer.startsWith("refused")) {
          assertTrue(inEffect(one).contains(answer), one + " among " + inEffect(one));
        }
      }
      case "snapshot" -> {
        if (!answer.startsWith("refused")) {
          assertEquals(versionAt(one.key(), one.at()), answer, one.toString());
        }
      }
      case "swap" -> judgeSwap(one, answer);
      default -> judgeWrite(one, answer);
    }
  }

  private void judgeWrite(Issued one, String answer) {
    if (one.value() != null && !answer.equals("unknown")) {
      assertEquals(answer.equals("done"), versionOf(one) != null, one.toString());
    }
  }

  private void judgeSwap(Issued one, String answer) {
    Long version = versionOf(one);
    if (!answer.equals("unknown")) {
      assertEquals(answer.equals("swapped"), version != null, one.toString());
    }
    String expected = one.expected() == null ? "none" : one.expected();
    if (version != null) {
      assertEquals(expected, versionAt(one.key(), version - 1), one.toString());
    }
    if (answer.equals("not swapped")) {
      assertTrue(inEffect(one).stream().anyMatch(value -> !value.equals(expected)), one.toString());
    }
  }

  /// The values that a key had, as applied, at some moment while the request was here.
  private List<String> inEffect(Issued one) {
    NavigableMap<Integer, String> history = applied.get(one.key());
    Integer first = history.floorKey(one.from() - 1);
    return List.copyOf(
        history.subMap(first == null ? 0 : first, true, one.until()[0], true).values());
  }

  private @Nullable Long versionOf(Issued one) {
    for (Map.Entry<Long, String> version : versions(one.key()).entrySet()) {
      if (version.getValue().equals(one.value())) {
        return version.getKey();
      }
    }
    return null;
  }

  private String versionAt(String key, long at) {
    Map.Entry<Long, String> version = versions(key).floorEntry(at);
    return version == null ? "none" : version.getValue();
  }

  private NavigableMap<Long, String> versions(String key) {
    NavigableMap<Long, String> versions = new TreeMap<>();
    Key user = Bench.key(key);
    byte[] from = StateLayout.versionKey(user.bytes(), Timestamp.MAX.value());
    byte[] to = StateLayout.versionPrefix(Bench.key(key + "\0").bytes());
    try (var cursor = bench.state.scan(from, to, false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        byte[] value = Version.decode(cursor.value());
        versions.put(StateLayout.timestampOf(cursor.key()), Bench.text(value));
      }
    }
    return versions;
  }

  private static String key(RandomSource random) {
    return random.oneIn(2) ? "a" : "b";
  }
}
