package io.flotilla.store;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One loop's view of what all loops of the store have, for hints to those who came to the wrong
/// range. The views of several loops agree after a while.
final class KnownRanges {
  private final RangeMap<RangeDescriptor> byId = new RangeMap<>();
  private final TreeMap<Key, RangeDescriptor> byStart = new TreeMap<>();

  void put(RangeDescriptor descriptor) {
    RangeDescriptor old = byId.get(descriptor.id());
    if (descriptor.isPlacement() || old != null && old.generation() > descriptor.generation()) {
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

  /// Those that overlap `span`, by their start.
  List<RangeDescriptor> overlapping(KeySpan span) {
    List<RangeDescriptor> found = new ArrayList<>();
    Map.Entry<Key, RangeDescriptor> from = byStart.floorEntry(span.start());
    Key first = from == null ? span.start() : from.getKey();
    for (RangeDescriptor each : byStart.tailMap(first, true).values()) {
      if (each.span().overlaps(span)) {
        found.add(each);
      } else if (each.span().start().compareTo(span.start()) >= 0) {
        break;
      }
    }
    return found;
  }
}
