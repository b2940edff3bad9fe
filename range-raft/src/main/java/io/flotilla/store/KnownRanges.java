package io.flotilla.store;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.SortedTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One loop's view of what all loops of the store have, for hints to those who came to the wrong
/// range. The views of several loops agree after a while.
final class KnownRanges {
  private final SortedTable<RangeId, RangeDescriptor> byId = new SortedTable<>(RangeDescriptor::id);
  private final SortedTable<Key, RangeDescriptor> byStart =
      new SortedTable<>(each -> each.span().start());

  void put(RangeDescriptor descriptor) {
    RangeDescriptor old = byId.get(descriptor.id());
    if (descriptor.isPlacement() || old != null && old.generation() > descriptor.generation()) {
      return;
    }
    remove(descriptor.id());
    byId.put(descriptor);
    byStart.put(descriptor);
  }

  void remove(RangeId range) {
    RangeDescriptor old = byId.remove(range);
    if (old != null && old.equals(byStart.get(old.span().start()))) {
      byStart.remove(old.span().start());
    }
  }

  /// The one that has `key`; null: none here does.
  @Nullable RangeDescriptor find(Key key) {
    RangeDescriptor floor = byStart.floor(key);
    return floor != null && floor.span().contains(key) ? floor : null;
  }

  /// Those that overlap `span`, by their start.
  List<RangeDescriptor> overlapping(KeySpan span) {
    List<RangeDescriptor> found = new ArrayList<>();
    RangeDescriptor from = byStart.floor(span.start());
    Key first = from == null ? span.start() : from.span().start();
    for (RangeDescriptor each : byStart.from(first)) {
      if (each.span().overlaps(span)) {
        found.add(each);
      } else if (each.span().start().compareTo(span.start()) >= 0) {
        break;
      }
    }
    return found;
  }
}
