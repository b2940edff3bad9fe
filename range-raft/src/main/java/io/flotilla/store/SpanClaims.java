package io.flotilla.store;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.SortedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which part of the key space belongs to which range of this store, so that no two replicas ever
/// hold the same keys. Lives on the store's first loop; the others ask it.
///
/// A claim outlives its replica until the replica's data is cleared. A range that is about to
/// install a snapshot claims the spans of before and after.
final class SpanClaims {
  /*
   * Claims that have no key in common are found by their starts. The few that cross one of those
   * (what a range claims besides, while it installs a snapshot) are looked at one by one.
   *
   * Nearly every range has one claim: the first of each is in a table, the few others in a map.
   */
  private final SortedTable<RangeId, Claim> firsts = new SortedTable<>(Claim::range);
  private final Map<RangeId, List<Claim>> others = new TreeMap<>();
  private final SortedTable<Key, Claim> apart = new SortedTable<>(each -> each.span().start());
  private final List<Claim> crossing = new ArrayList<>();

  /// @param reserved for a snapshot that may yet come to nothing
  private record Claim(RangeId range, KeySpan span, boolean reserved) {}

  /// The range has exactly this span now.
  void set(RangeDescriptor descriptor) {
    if (!descriptor.isPlacement()) {
      release(descriptor.id());
      add(new Claim(descriptor.id(), descriptor.span(), false));
    }
  }

  void release(RangeId range) {
    Claim first = firsts.remove(range);
    if (first != null) {
      drop(first);
    }
    List<Claim> besides = others.remove(range);
    if (besides != null) {
      besides.forEach(this::drop);
    }
  }

  /// One claim becomes two, with no moment between.
  void split(RangeDescriptor left, RangeDescriptor right) {
    set(left);
    set(right);
  }

  /// True if no other range has a part of `span`.
  boolean isFree(RangeId range, KeySpan span) {
    return range.equals(RangeDescriptor.PLACEMENT) || !isTaken(span, range);
  }

  /// Adds `span` to what the range has; false if another range has a part of it.
  boolean reserve(RangeId range, KeySpan span) {
    if (range.equals(RangeDescriptor.PLACEMENT)) {
      return true;
    }
    if (!isFree(range, span)) {
      return false;
    }
    Claim first = firsts.get(range);
    release(range);
    if (first != null) {
      add(first);
    }
    add(new Claim(range, span, true));
    return true;
  }

  /// Takes back what an empty replica reserved. What the range has by a split stays: that may have
  /// come meanwhile.
  void unreserve(RangeId range) {
    Claim first = firsts.get(range);
    if (first != null) {
      release(range);
      if (!first.reserved()) {
        add(first);
      }
    }
  }

  private void add(Claim claim) {
    if (firsts.get(claim.range()) == null) {
      firsts.put(claim);
    } else {
      others.computeIfAbsent(claim.range(), _ -> new ArrayList<>(1)).add(claim);
    }
    if (isTaken(claim.span(), null)) {
      crossing.add(claim);
    } else {
      apart.put(claim);
    }
  }

  private void drop(Claim claim) {
    if (!crossing.remove(claim)) {
      apart.remove(claim.span().start());
    }
  }

  private boolean isTaken(KeySpan span, @Nullable RangeId butBy) {
    for (Claim claim : crossing) {
      if (!claim.range().equals(butBy) && claim.span().overlaps(span)) {
        return true;
      }
    }
    Claim first = apart.floor(span.start());
    for (Claim claim : apart.from(first == null ? span.start() : first.span().start())) {
      boolean isBeyond = claim.span().start().compareTo(span.start()) > 0;
      if (claim.span().overlaps(span)) {
        if (!claim.range().equals(butBy)) {
          return true;
        }
      } else if (isBeyond) {
        return false;
      }
    }
    return false;
  }
}
