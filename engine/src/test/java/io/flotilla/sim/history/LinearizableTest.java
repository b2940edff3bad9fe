package io.flotilla.sim.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.sim.history.Linearizable.Verdict;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Histories known to be good and known to be bad, and the search against a naive one.
final class LinearizableTest {
  private final List<Operation> operations = new ArrayList<>();

  private void add(Call call, long invoked, long returned) {
    operations.add(new Operation("c" + operations.size(), "k", call, invoked, returned));
  }

  private void put(@Nullable String value, long invoked, long returned) {
    add(new Call.Put(value), invoked, returned);
  }

  private void unknownPut(@Nullable String value, long invoked) {
    put(value, invoked, Operation.NEVER);
  }

  private void get(@Nullable String value, long invoked, long returned) {
    add(new Call.Get(value), invoked, returned);
  }

  private void swap(String from, String to, boolean swapped, long invoked, long returned) {
    add(new Call.Swap(from, to, swapped), invoked, returned);
  }

  private void good() {
    assertEquals(new Verdict.Good(), Linearizable.check(operations));
  }

  private String bad() {
    return assertInstanceOf(Verdict.Bad.class, Linearizable.check(operations)).why();
  }

  @Test
  void aReadMayFindEitherSideOfAConcurrentWrite() {
    put("1", 1, 10);
    get(null, 2, 3);
    get("1", 4, 5);
    good();
  }

  @Test
  void aReadNeverGoesBack() {
    put("1", 1, 10);
    get("1", 2, 3);
    get(null, 4, 5);
    assertTrue(bad().contains("get = null"));
  }

  @Test
  void aReadAfterAnAcknowledgedWriteFindsIt() {
    put("1", 1, 2);
    put("2", 3, 4);
    get("1", 5, 6);
    bad();
  }

  @Test
  void anAcknowledgedDeleteIsFound() {
    put("1", 1, 2);
    put(null, 3, 4);
    get("1", 5, 6);
    bad();
  }

  @Test
  void anUnknownWriteMayHappenMuchLater() {
    put("1", 1, 2);
    unknownPut("2", 3);
    get("1", 4, 5);
    get("1", 6, 7);
    get("2", 8, 9);
    good();
  }

  @Test
  void anUnknownWriteHappensOnce() {
    unknownPut("2", 1);
    get("2", 2, 3);
    put("3", 4, 5);
    get("2", 6, 7);
    bad();
  }

  @Test
  void anUnknownWriteNeverHappensBeforeItBegan() {
    get("2", 1, 2);
    unknownPut("2", 3);
    bad();
  }

  @Test
  void aSwapThatWasRefusedFoundAnotherValue() {
    put("1", 1, 2);
    swap("1", "2", false, 3, 4);
    bad();
  }

  @Test
  void oneOfTwoSwapsWins() {
    put("1", 1, 2);
    swap("1", "2", true, 3, 10);
    swap("1", "3", false, 4, 9);
    get("2", 11, 12);
    good();
    swap("1", "4", true, 13, 14);
    bad();
  }

  @Test
  void anUnknownSwapNeedsWhatItExpected() {
    put("1", 1, 2);
    swap("0", "9", true, 3, Operation.NEVER);
    get("9", 4, 5);
    bad();
  }

  @Test
  void unknownOnesMayBuildOnEachOther() {
    unknownPut("1", 1);
    swap("1", "2", true, 2, Operation.NEVER);
    swap("2", "3", true, 3, Operation.NEVER);
    get("3", 4, 5);
    good();
  }

  /// Many unknown writes must not cost two to the power of their number.
  @Test
  void hundredsOfUnknownWritesAreNoTrouble() {
    for (int i = 0; i < 300; i++) {
      unknownPut("u" + i, 2 * i + 1);
    }
    put("1", 1_001, 1_002);
    get("u7", 1_003, 1_004);
    get("u8", 1_005, 1_006);
    get("u200", 1_007, 1_008);
    good();
    get("u7", 1_009, 1_010);
    bad();
  }

  @Test
  void itAgreesWithTheNaiveSearch() {
    int good = 0;
    int bad = 0;
    for (int seed = 0; seed < 40_000; seed++) {
      operations.clear();
      fill(new RandomSource(seed));
      boolean expected = NaiveSearch.isLinearizable(operations);
      Verdict verdict = Linearizable.check(operations);
      assertEquals(expected, verdict instanceof Verdict.Good, "seed " + seed + ": " + operations);
      good += expected ? 1 : 0;
      bad += expected ? 0 : 1;
    }
    assertTrue(good > 5_000 && bad > 5_000, good + " good ones and " + bad + " bad ones");
  }

  private void fill(RandomSource random) {
    int count = 1 + random.nextInt(6);
    List<Long> moments = new ArrayList<>();
    for (long i = 1; i <= 2L * count; i++) {
      moments.add(i);
    }
    for (int i = 0; i < count; i++) {
      long a = moments.remove(random.nextInt(Math.min(3, moments.size())));
      long b = moments.remove(random.nextInt(Math.min(5, moments.size())));
      Call call = call(random);
      boolean lost =
          random.oneIn(4)
              && (call instanceof Call.Put || call instanceof Call.Swap s && s.swapped());
      add(call, Math.min(a, b), lost ? Operation.NEVER : Math.max(a, b));
    }
  }

  private static Call call(RandomSource random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Call.Put(value(random));
      case 1 -> new Call.Swap(value(random), value(random), random.oneIn(2));
      default -> new Call.Get(value(random));
    };
  }

  private static @Nullable String value(RandomSource random) {
    int drawn = random.nextInt(3);
    return drawn == 0 ? null : Integer.toString(drawn);
  }
}
