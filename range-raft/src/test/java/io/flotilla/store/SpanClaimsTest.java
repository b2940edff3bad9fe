package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import java.util.List;
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
