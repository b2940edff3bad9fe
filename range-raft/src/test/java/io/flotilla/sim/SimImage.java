package io.flotilla.sim;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.spi.StateStorage.RangeUpdate;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StateStorage.StoredRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// One content of a simulated state storage.
final class SimImage {
  private final NavigableMap<Key, byte[]> data = new TreeMap<>();
  private final NavigableMap<RangeId, StoredRange> ranges = new TreeMap<>();

  SimImage copy() {
    SimImage copy = new SimImage();
    copy.data.putAll(data);
    copy.ranges.putAll(ranges);
    return copy;
  }

  NavigableMap<Key, byte[]> data() {
    return data;
  }

  List<StoredRange> ranges() {
    return new ArrayList<>(ranges.values());
  }

  EntryId applied(RangeId range) {
    StoredRange found = ranges.get(range);
    return found == null ? EntryId.ZERO : found.applied();
  }

  void put(RangeDescriptor descriptor, EntryId applied) {
    ranges.put(descriptor.id(), new StoredRange(descriptor, applied));
  }

  void apply(RangeUpdate update) {
    for (StateWrite write : update.writes()) {
      if (write.value() == null) {
        data.remove(Key.of(write.key()));
      } else {
        data.put(Key.of(write.key()), write.value());
      }
    }
    if (update.removed()) {
      ranges.remove(update.range());
      return;
    }
    StoredRange old = ranges.get(update.range());
    RangeDescriptor descriptor = update.descriptor();
    if (descriptor == null) {
      if (old == null) {
        throw new IllegalArgumentException(
            "range " + update.range() + ": the first update needs a descriptor");
      }
      descriptor = old.descriptor();
    }
    put(descriptor, update.applied());
  }

  NavigableMap<Key, byte[]> in(List<KeySpan> intervals) {
    NavigableMap<Key, byte[]> found = new TreeMap<>();
    for (KeySpan span : intervals) {
      found.putAll(view(span));
    }
    return found;
  }

  void clear(List<KeySpan> intervals) {
    intervals.forEach(span -> view(span).clear());
  }

  long bytes(List<KeySpan> intervals) {
    long bytes = 0;
    for (var entry : in(intervals).entrySet()) {
      bytes += entry.getKey().length() + entry.getValue().length;
    }
    return bytes;
  }

  private NavigableMap<Key, byte[]> view(KeySpan span) {
    return span.isUnbounded()
        ? data.tailMap(span.start(), true)
        : data.subMap(span.start(), true, span.end(), false);
  }
}
