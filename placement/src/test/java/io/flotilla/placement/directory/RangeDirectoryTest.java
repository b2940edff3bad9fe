package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.directory.RangeDirectory.Known;
import io.flotilla.placement.directory.RangeDirectory.Verdict;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeDirectoryTest {
  private static final StoreId STORE = new StoreId(1);
  private static final int KEYS = 40;

  private final RangeDirectory directory = new RangeDirectory();

  private static Key key(int number) {
    return number == 0 ? Key.EMPTY : Key.of(new byte[] {(byte) number});
  }

  private static RangeReport report(long id, int from, int to, long generation, long term) {
    return new RangeReport(
        new RangeDescriptor(
            new RangeId(id),
            new KeySpan(key(from), to == KEYS ? Key.EMPTY : key(to)),
            generation,
            List.of(new ReplicaDescriptor(new PeerId(1), STORE, ReplicaKind.VOTER))),
        term,
        new PeerId(1),
        0,
        RangeSize.UNKNOWN,
        List.of());
  }

  private Verdict accept(long id, int from, int to, long generation, long term) {
    return directory.accept(STORE, report(id, from, to, generation, term));
  }

  private long rangeAt(int key) {
    return directory.find(key(key)).map(known -> known.report().range().value()).orElse(0L);
  }

  @Test
  void aSplitAsItsLeaderReportsIt() {
    accept(2, 0, KEYS, 1, 1);
    accept(3, 20, KEYS, 2, 1);
    assertEquals(0, rangeAt(5), "the wide one is too old to be believed: a gap, said");
    assertEquals(3, rangeAt(25));
    assertEquals(Verdict.OVERLAPS, accept(2, 0, KEYS, 1, 2), "the left half, before its split");
    assertEquals(Verdict.ACCEPTED, accept(2, 0, 20, 2, 1));
    assertEquals(2, rangeAt(5));
  }

  @Test
  void theHigherGenerationWinsThenTheHigherTerm() {
    accept(2, 0, KEYS, 3, 5);
    assertEquals(Verdict.STALE, accept(2, 0, KEYS, 2, 9));
    assertEquals(Verdict.STALE, accept(2, 0, KEYS, 3, 4));
    assertEquals(Verdict.ACCEPTED, accept(2, 0, KEYS, 3, 5), "the same again, with fresh counts");
  }

  @Test
  void aDeposedLeaderMayBringANewerGenerationButDoesNotLead() {
    StoreId other = new StoreId(2);
    accept(2, 0, KEYS, 3, 6);
    assertEquals(Verdict.ACCEPTED, directory.accept(other, report(2, 0, KEYS, 4, 5)));
    Known known = directory.find(new RangeId(2)).orElseThrow();
    assertEquals(4, known.report().generation());
    assertEquals(6, known.report().term());
    assertEquals(STORE, known.leader());
  }

  @Test
  void whoSaysItNoLongerLeadsIsBelieved() {
    accept(2, 0, 20, 1, 1);
    accept(3, 20, KEYS, 1, 1);
    directory.release(new StoreId(9), new RangeId(2));
    assertEquals(STORE, directory.find(new RangeId(2)).orElseThrow().leader());
    directory.release(STORE, new RangeId(2));
    assertNull(directory.find(new RangeId(2)).orElseThrow().leader());
    directory.releaseOthers(STORE, Stretch.ALL, new TreeSet<>());
    assertNull(directory.find(new RangeId(3)).orElseThrow().leader());
  }

  @Test
  void thePlacementGroupIsNoPartOfTheMap() {
    accept(1, 0, KEYS, 9, 1);
    assertEquals(0, rangeAt(5));
    assertTrue(directory.find(RangeDescriptor.PLACEMENT).isPresent());
    assertEquals(List.of(), directory.overlapping(KeySpan.ALL));
  }

  @Test
  void gapsAreSaid() {
    assertEquals(List.of(KeySpan.ALL), RangeDirectory.gaps(KeySpan.ALL, List.of()));
    accept(2, 5, 10, 1, 1);
    accept(3, 20, 30, 1, 1);
    assertEquals(
        List.of(
            new KeySpan(Key.EMPTY, key(5)),
            new KeySpan(key(10), key(20)),
            new KeySpan(key(30), Key.EMPTY)),
        RangeDirectory.gaps(KeySpan.ALL, directory.overlapping(KeySpan.ALL)));
    KeySpan inside = new KeySpan(key(6), key(25));
    assertEquals(
        List.of(new KeySpan(key(10), key(20))),
        RangeDirectory.gaps(inside, directory.overlapping(inside)));
  }

  /// Random reports of random ranges against a map from single keys to reports.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void agreesWithTheNaiveMap(long seed) {
    RandomSource random = new RandomSource(seed);
    TreeMap<RangeId, RangeReport> naive = new TreeMap<>();
    for (int i = 0; i < 1_000; i++) {
      int from = random.nextInt(KEYS);
      int to = from + 1 + random.nextInt(KEYS - from);
      RangeReport report =
          report(2 + random.nextInt(12), from, to, 1 + i / 30 + random.nextInt(6), 1);
      boolean accepted = directory.accept(STORE, report) == Verdict.ACCEPTED;
      assertEquals(naiveAccept(naive, report), accepted);
      for (int at = 0; at < KEYS; at++) {
        Key key = key(at);
        List<RangeReport> holders =
            naive.values().stream()
                .filter(known -> known.descriptor().span().contains(key))
                .toList();
        assertTrue(holders.size() <= 1, "spans never overlap");
        assertEquals(
            holders, directory.find(key).map(Known::report).stream().toList(), "at key " + at);
      }
      checkOverlapping(random, naive);
    }
    assertFalse(naive.isEmpty());
  }

  private void checkOverlapping(RandomSource random, TreeMap<RangeId, RangeReport> naive) {
    int from = random.nextInt(KEYS);
    int to = from + 1 + random.nextInt(KEYS - from);
    KeySpan span = new KeySpan(key(from), to == KEYS ? Key.EMPTY : key(to));
    List<RangeReport> expected =
        naive.values().stream()
            .filter(known -> known.descriptor().span().overlaps(span))
            .sorted(
                (a, b) -> a.descriptor().span().start().compareTo(b.descriptor().span().start()))
            .toList();
    List<Known> found = directory.overlapping(span);
    assertEquals(expected, found.stream().map(Known::report).toList());
    List<KeySpan> covered = new ArrayList<>(RangeDirectory.gaps(span, found));
    for (int at = from; at < to; at++) {
      Key key = key(at);
      boolean gap = covered.stream().anyMatch(one -> one.contains(key));
      assertEquals(rangeAt(at) == 0, gap, "gap at key " + at);
    }
  }

  private static boolean naiveAccept(TreeMap<RangeId, RangeReport> naive, RangeReport report) {
    RangeReport old = naive.get(report.range());
    if (old != null && old.generation() > report.generation()) {
      return false;
    }
    List<RangeReport> others =
        naive.values().stream()
            .filter(known -> !known.range().equals(report.range()))
            .filter(known -> known.descriptor().span().overlaps(report.descriptor().span()))
            .toList();
    if (others.stream().anyMatch(other -> other.generation() >= report.generation())) {
      return false;
    }
    others.forEach(other -> naive.remove(other.range()));
    naive.put(report.range(), report);
    return true;
  }
}
