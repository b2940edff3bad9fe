package io.flotilla.store;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which part of the key space belongs to which range of this store, so that no two replicas ever
/// hold the same keys. Lives on the store's first loop; the others ask it.
///
/// A claim outlives its replica until the replica's data is cleared. A range that is about to
/// install a snapshot claims the spans of before and after.
final class SpanClaims {
  private final Map<RangeId, List<KeySpan>> claims = new TreeMap<>();

  /// The range has exactly this span now.
  void set(RangeDescriptor descriptor) {
    if (!descriptor.isPlacement()) {
      claims.put(descriptor.id(), List.of(descriptor.span()));
    }
  }

  void release(RangeId range) {
    claims.remove(range);
  }

  /// One claim becomes two, with no moment between.
  void split(RangeDescriptor left, RangeDescriptor right) {
    set(left);
    set(right);
  }

  /// True if no other range has a part of `span`.
  boolean isFree(RangeId range, KeySpan span) {
    if (range.equals(RangeDescriptor.PLACEMENT)) {
      return true;
    }
    for (Map.Entry<RangeId, List<KeySpan>> claim : claims.entrySet()) {
      if (!claim.getKey().equals(range) && claim.getValue().stream().anyMatch(span::overlaps)) {
        return false;
      }
    }
    return true;
  }

  /// Adds `span` to what the range has; false if another range has a part of it.
  boolean reserve(RangeId range, KeySpan span) {
    if (range.equals(RangeDescriptor.PLACEMENT)) {
      return true;
    }
    if (!isFree(range, span)) {
      return false;
    }
    List<KeySpan> had = claims.getOrDefault(range, List.of());
    claims.put(range, had.isEmpty() ? List.of(span) : List.of(had.getFirst(), span));
    return true;
  }
}
