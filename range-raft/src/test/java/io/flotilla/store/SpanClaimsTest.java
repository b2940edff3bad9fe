package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class SpanClaimsTest {
  private static final RangeId A = new RangeId(2);
  private static final RangeId B = new RangeId(3);

  private final SpanClaims claims = new SpanClaims();
  private final KnownRanges known = new KnownRanges();

  @Test
  void aClaimKeepsOthersOutUntilItIsReleased() {
    claims.set(range(A, 1, "a", "m"));
    assertFalse(claims.isFree(B, span("l", "z")));
    assertTrue(claims.isFree(B, span("m", "z")));
    assertTrue(claims.isFree(A, span("a", "z")));
    claims.release(A);
    assertTrue(claims.isFree(B, span("l", "z")));
  }

  @Test
  void aReservationCoversBeforeAndAfter() {
    claims.set(range(A, 1, "a", "z"));
    assertTrue(claims.reserve(A, span("a", "m")));
    assertFalse(claims.isFree(B, span("m", "z")));
    claims.set(range(A, 2, "a", "m"));
    assertTrue(claims.reserve(B, span("m", "z")));
    assertFalse(claims.reserve(A, span("a", "z")));
  }

  @Test
  void whatWasReservedIsGivenBackButNotWhatCameByASplit() {
    assertTrue(claims.reserve(A, span("a", "m")));
    assertTrue(claims.reserve(A, span("a", "p")));
    claims.unreserve(A);
    assertTrue(claims.isFree(B, span("a", "z")));
    claims.split(range(B, 2, "a", "m"), range(A, 2, "m", "z"));
    claims.unreserve(A);
    assertFalse(claims.isFree(B, span("m", "z")));
    assertTrue(claims.reserve(A, span("m", "z")));
    claims.unreserve(A);
    assertFalse(claims.isFree(B, span("m", "z")));
  }

  /// Whatever is claimed in whatever order, the answer is that of a look at every claim.
  @Test
  void manyClaimsAreFoundLikeFew() {
    RandomGenerator random = new SplittableRandom(7);
    Map<RangeId, List<KeySpan>> all = new TreeMap<>();
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      RangeId range = new RangeId(2 + random.nextInt(20));
      int from = 10 + random.nextInt(80);
      int to = Math.min(99, from + 1 + random.nextInt(i % 5 == 0 ? 60 : 4));
      KeySpan span = span("" + from, random.nextInt(50) == 0 ? "" : "" + to);
      boolean isFree =
          all.entrySet().stream()
              .filter(each -> !each.getKey().equals(range))
              .noneMatch(each -> each.getValue().stream().anyMatch(span::overlaps));
      taken += isFree ? 0 : 1;
      assertEquals(isFree, claims.isFree(range, span));
      switch (random.nextInt(4)) {
        case 0 -> {
          claims.release(range);
          all.remove(range);
        }
        case 1 -> {
          claims.set(new RangeDescriptor(range, span, 1, List.of()));
          all.put(range, List.of(span));
        }
        default -> {
          List<KeySpan> had = all.getOrDefault(range, List.of());
          assertEquals(isFree, claims.reserve(range, span));
          if (isFree) {
            all.put(range, had.isEmpty() ? List.of(span) : List.of(had.getFirst(), span));
          }
        }
      }
    }
    assertTrue(taken > 2_000 && taken < 18_000, "both are seen: " + taken);
  }

  @Test
  void thePlacementGroupIsInNobodysWay() {
    RangeDescriptor placement =
        new RangeDescriptor(RangeDescriptor.PLACEMENT, KeySpan.ALL, 1, List.of());
    claims.set(placement);
    assertTrue(claims.reserve(A, KeySpan.ALL));
    assertTrue(claims.isFree(RangeDescriptor.PLACEMENT, KeySpan.ALL));
  }

  @Test
  void knownRangesAreFoundBySpanAndNewerOnesWin() {
    RangeDescriptor left = range(A, 2, "a", "m");
    RangeDescriptor right = range(B, 2, "m", "z");
    known.put(left);
    known.put(right);
    known.put(range(A, 1, "a", "z"));
    assertEquals(List.of(right), known.overlapping(span("n", "o")));
    assertEquals(List.of(left, right), known.overlapping(span("l", "o")));
    assertEquals(List.of(left), known.overlapping(span("l", "m")));
    assertEquals(List.of(), known.overlapping(span("z", "zz")));
    known.remove(B);
    assertEquals(List.of(), known.overlapping(span("n", "o")));
  }

  private static RangeDescriptor range(RangeId id, long generation, String from, String to) {
    return new RangeDescriptor(id, span(from, to), generation, List.of());
  }

  private static KeySpan span(String from, String to) {
    return new KeySpan(Key.of(from.getBytes()), Key.of(to.getBytes()));
  }
}
