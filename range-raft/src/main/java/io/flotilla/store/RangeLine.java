package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A waiting line, out of which all that concerns one range can be taken without looking at the
/// others. Those of one range go in the order in which they came; ranges in the order of the first
/// of each.
final class RangeLine<T> {
  private final Map<RangeId, ArrayDeque<T>> byRange = new LinkedHashMap<>();

  boolean isEmpty() {
    return byRange.isEmpty();
  }

  void add(RangeId range, T each) {
    byRange.computeIfAbsent(range, _ -> new ArrayDeque<>(1)).add(each);
  }

  /// Takes out who is next, null: nobody waits.
  @Nullable T poll() {
    Iterator<ArrayDeque<T>> ranges = byRange.values().iterator();
    if (!ranges.hasNext()) {
      return null;
    }
    ArrayDeque<T> first = ranges.next();
    T next = first.poll();
    if (first.isEmpty()) {
      ranges.remove();
    }
    return next;
  }

  void removeAll(RangeId range) {
    byRange.remove(range);
  }

  void clear() {
    byRange.clear();
  }

  List<T> all() {
    List<T> all = new ArrayList<>();
    byRange.values().forEach(all::addAll);
    return all;
  }
}
