package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// When each replica of a loop last changed in a way that reports tell, counted in changes.
final class StatusBoard {
  private final LinkedHashMap<RangeId, Long> changedAt = new LinkedHashMap<>();
  private long version;

  /// Something changed; the newest is last.
  void changed(RangeId range) {
    changedAt.remove(range);
    changedAt.put(range, ++version);
  }

  /// The replica is gone, which is a change as well.
  void removed(RangeId range) {
    changed(range);
  }

  long version() {
    return version;
  }

  /// The ranges that changed after `since`, in the order of the changes.
  List<RangeId> since(long since) {
    List<RangeId> ranges = new ArrayList<>();
    for (Map.Entry<RangeId, Long> newest : changedAt.sequencedEntrySet().reversed()) {
      if (newest.getValue() <= since) {
        break; // all others are older
      }
      ranges.add(newest.getKey());
    }
    Collections.reverse(ranges);
    return ranges;
  }
}
