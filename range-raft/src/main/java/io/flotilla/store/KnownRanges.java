package io.flotilla.store;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One loop's view of what all loops of the store have, for hints to those who came to the wrong range.
/// The views of several loops agree after a while.
final class KnownRanges {
  private final Map<RangeId, RangeDescriptor> byId = new HashMap<>();
  private final TreeMap<Key, RangeDescriptor> byStart = new TreeMap<>();

  void put(RangeDescriptor descriptor) {
    RangeDescriptor old = byId.get(descriptor.id());
    if (descriptor.isPlacement()
        || old != null && old.generation() > descriptor.generation()) {
      return;
    }
    remove(descriptor.id());
    byId.put(descriptor.id(), descriptor);
    byStart.put(descriptor.span().start(), descriptor);
  }

  void remove(RangeId range) {
    RangeDescriptor old = byId.remove(range);
    if (old != null) {
      byStart.remove(old.span().start(), old);
    }
  }

  /// Those that overlap `around`, and its two neighbours.
  List<RangeDescriptor> around(RangeDescriptor around) {
    List<RangeDescriptor> found = new ArrayList<>();
    Key start = around.span().start();
    Map.Entry<Key, RangeDescriptor> from = byStart.lowerEntry(start);
    for (RangeDescriptor each :
        byStart.tailMap(from == null ? start : from.getKey(), true).values()) {
      found.add(each);
      if (each.span().start().compareTo(start) > 0 && !each.span().overlaps(around.span())) {
        break;
      }
    }
    return found;
  }
}
