package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.engine.KeyValue;
import io.flotilla.engine.mvcc.GarbageFinder.Slice;
import io.flotilla.engine.mvcc.KvReply.Page;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.raft.EntryId;
import io.flotilla.sim.SimLayout;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.spi.RandomSource;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Reading and collecting versions against a map of maps.
class VersionReaderTwinTest {
  private static final KeySpan ALL = KeySpan.ALL;

  private final RandomSource random = new RandomSource(11);
  private final SimStateStorage state = new SimStateStorage(SimLayout.PLAIN, random.fork("state"));
  private final VersionReader reader = new VersionReader(state);
  private final NavigableMap<Key, NavigableMap<Long, String>> twin = new TreeMap<>();
  private long clock = 1;
  private long index;

  @Test
  void readsAsTheTwinDoes() {
    for (int round = 0; round < 400; round++) {
      writeSome();
      long at = random.oneIn(4) ? Timestamp.MAX.value() : 1 + random.nextInt((int) clock);
      Key key = key();
      Version version = reader.newest(key, new Timestamp(at), true);
      assertEquals(text(valueAt(key, at)), text(version == null ? null : version.value()));
      List<Key> keys = List.of(key(), key(), key(), key());
      List<String> expected = keys.stream().map(each -> text(valueAt(each, at))).toList();
      assertEquals(
          expected, texts(reader.newest(keys, new Timestamp(at), Integer.MAX_VALUE, false)));
      scanInPages(at, false);
      scanInPages(at, true);
    }
  }

  @Test
  void collectingChangesNothingThatCanStillBeRead() {
    for (int round = 0; round < 60; round++) {
      writeSome();
      long safePoint = 1 + random.nextInt((int) clock);
      collect(safePoint);
      for (long at = safePoint; at <= clock + 1; at++) {
        assertEquals(twinAt(at, ALL), scan(at, ALL, false, 1000, 1 << 20));
      }
      assertEquals(wanted(safePoint), versions(), "what is left after collecting at " + safePoint);
      twin.values().forEach(versions -> forget(versions, safePoint));
    }
  }

  /// Walks like the collector, in small slices; a batch never leaves a tombstone's past uncovered.
  private void collect(long safePoint) {
    KeySpan interval = StateLayout.versionsOf(ALL);
    GarbageFinder finder = new GarbageFinder(state);
    byte[] from = interval.start().bytes();
    while (from != null) {
      int versionsMax = 2 + random.nextInt(30);
      Slice slice = finder.find(from, interval.end().bytes(), safePoint, versionsMax);
      List<StateWrite> writes = new ArrayList<>();
      slice.deletions().forEach(key -> writes.add(new StateWrite(key, null)));
      apply(writes);
      from = slice.next();
    }
  }

  private static void forget(NavigableMap<Long, String> versions, long safePoint) {
    Long keeper = versions.floorKey(safePoint);
    if (keeper != null) {
      boolean tombstone = versions.get(keeper).isEmpty();
      versions.headMap(keeper, tombstone).clear();
    }
  }

  private long wanted(long safePoint) {
    long count = 0;
    for (NavigableMap<Long, String> versions : twin.values()) {
      NavigableMap<Long, String> left = new TreeMap<>(versions);
      forget(left, safePoint);
      count += left.size();
    }
    return count;
  }

  private long versions() {
    KeySpan interval = StateLayout.versionsOf(ALL);
    long count = 0;
    try (var cursor = state.scan(interval.start().bytes(), interval.end().bytes(), false, false)) {
      for (; cursor.isValid(); cursor.next()) {
        count++;
      }
    }
    return count;
  }

  private void writeSome() {
    List<StateWrite> writes = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(40); i++) {
      Key key = random.oneIn(3) ? Key.of(new byte[] {'h', 'o', 't'}) : key();
      String value = random.oneIn(4) ? "" : "v" + clock;
      byte[] stored = Version.encode(value.isEmpty() ? null : Bench.bytes(value));
      writes.add(new StateWrite(StateLayout.versionKey(key.bytes(), clock), stored));
      twin.computeIfAbsent(key, _ -> new TreeMap<>()).put(clock, value);
      clock++;
    }
    apply(writes);
  }

  private void apply(List<StateWrite> writes) {
    EntryId applied = new EntryId(1, ++index);
    state.apply(
        List.of(
            new RangeUpdate(
                new RangeId(2), applied, FakeRange.descriptor(2, "", "", 1), writes, false)));
  }

  private void scanInPages(long at, boolean reverse) {
    Key a = key();
    Key b = key();
    KeySpan span = a.compareTo(b) < 0 ? new KeySpan(a, b) : new KeySpan(a, Key.EMPTY);
    List<String> expected = twinAt(at, span);
    assertEquals(
        reverse ? expected.reversed() : expected,
        scan(at, span, reverse, 1 + random.nextInt(5), 1 + random.nextInt(40)));
  }

  /// All pages of a scan together.
  private List<String> scan(long at, KeySpan span, boolean reverse, int limit, int bytes) {
    List<String> found = new ArrayList<>();
    KeySpan rest = span;
    while (true) {
      Page page =
          reader.page(
              new KvRequest.Scan(Bench.target(), rest, limit, bytes, reverse, new Timestamp(at)));
      for (KeyValue entry : page.entries()) {
        found.add(Key.of(entry.key()) + "=" + Bench.text(entry.value()));
      }
      Key resume = page.resume();
      if (resume == null || (reverse && resume.compareTo(rest.start()) <= 0)) {
        return found;
      }
      rest = reverse ? new KeySpan(rest.start(), resume) : new KeySpan(resume, rest.end());
    }
  }

  private List<String> twinAt(long at, KeySpan span) {
    List<String> found = new ArrayList<>();
    for (Key key : twin.keySet()) {
      byte[] value = valueAt(key, at);
      if (value != null && span.contains(key)) {
        found.add(key + "=" + Bench.text(value));
      }
    }
    return found;
  }

  private byte @Nullable [] valueAt(Key key, long at) {
    NavigableMap<Long, String> versions = twin.get(key);
    Map.Entry<Long, String> entry = versions == null ? null : versions.floorEntry(at);
    return entry == null || entry.getValue().isEmpty() ? null : Bench.bytes(entry.getValue());
  }

  private static List<String> texts(@Nullable List<byte @Nullable []> values) {
    List<String> texts = new ArrayList<>();
    if (values != null) {
      values.forEach(value -> texts.add(text(value)));
    }
    return texts;
  }

  private static String text(byte @Nullable [] value) {
    return Bench.text(value);
  }

  /// Few keys, with zeros and prefixes of one another.
  private Key key() {
    byte[] bytes = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = new byte[] {0, 1, 'a', (byte) 0xFF}[random.nextInt(4)];
    }
    return Key.of(bytes);
  }
}
