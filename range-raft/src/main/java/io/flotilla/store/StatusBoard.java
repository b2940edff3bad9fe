package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// When each replica of a loop last changed in a way that reports tell, counted in changes.
final class StatusBoard {
  /*
   * A list of all changes in their order. When it is full, what was followed by a newer change of
   * the same range is dropped; it is at most half full then, so that a change costs the same
   * however many ranges there are.
   */
  private static final int ENTRIES_MIN = 16;

  private long[] ids = new long[ENTRIES_MIN];
  private long[] versions = new long[ENTRIES_MIN];
  private int size;
  private long version;

  /// Something changed, or the replica is gone, which is a change as well.
  void changed(RangeId range) {
    if (size == ids.length) {
      tidy();
    }
    ids[size] = range.value();
    versions[size] = ++version;
    size++;
  }

  long version() {
    return version;
  }

  /// The version that is reached with at most `max` changes after `since`.
  long reached(long since, int max) {
    int first = firstAfter(since);
    return size - first <= max ? version : versions[first + max - 1];
  }

  /// The ranges that changed after `since` and not after `reached`, in the order of their last
  /// changes within that time.
  List<RangeId> between(long since, long reached) {
    List<RangeId> ranges = new ArrayList<>();
    RangeMap<RangeId> seen = new RangeMap<>();
    int first = firstAfter(since);
    for (int i = firstAfter(reached) - 1; i >= first; i--) {
      RangeId range = new RangeId(ids[i]);
      if (seen.put(range, range) == null) {
        ranges.add(range);
      }
    }
    Collections.reverse(ranges);
    return ranges;
  }

  private int firstAfter(long since) {
    int found = Arrays.binarySearch(versions, 0, size, since + 1);
    return found < 0 ? -found - 1 : found;
  }

  private void tidy() {
    RangeMap<RangeId> seen = new RangeMap<>();
    int kept = ids.length;
    for (int i = size - 1; i >= 0; i--) {
      RangeId range = new RangeId(ids[i]);
      if (seen.put(range, range) == null) {
        kept--;
        ids[kept] = ids[i];
        versions[kept] = versions[i];
      }
    }
    int count = ids.length - kept;
    int capacity = Math.max(ENTRIES_MIN, count * 2);
    ids = Arrays.copyOf(Arrays.copyOfRange(ids, kept, ids.length), capacity);
    versions = Arrays.copyOf(Arrays.copyOfRange(versions, kept, versions.length), capacity);
    size = count;
  }
}
