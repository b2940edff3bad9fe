package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A range's writes that are proposed and not yet applied, by key, the newest first: with the
/// applied state below it, what the range's log as it stands will make of each key.
///
/// Writes enter in the order of their timestamps, which is the order of their entries in the log.
final class Overlay {
  private static final NavigableMap<Key, InFlight> NONE = Collections.emptyNavigableMap();

  /// A range that is never written needs none of its own.
  private NavigableMap<Key, InFlight> newestByKey = NONE;

  /// One key of a write under way.
  static final class InFlight {
    final Key key;
    final byte @Nullable [] value;
    final PendingWrite write;
    private @Nullable InFlight older;

    /// The key was hot when it was written: its value is kept again once it is applied.
    boolean hot;

    InFlight(Key key, byte @Nullable [] value, PendingWrite write, @Nullable InFlight older) {
      this.key = key;
      this.value = value;
      this.write = write;
      this.older = older;
    }
  }

  boolean isEmpty() {
    return newestByKey.isEmpty();
  }

  InFlight add(Key key, byte @Nullable [] value, PendingWrite write) {
    if (newestByKey == NONE) {
      newestByKey = new TreeMap<>();
    }
    InFlight older = newestByKey.get(key);
    InFlight added = new InFlight(key, value, write, older);
    newestByKey.put(key, added);
    return added;
  }

  /// Takes a write's key out again; one that is not in (any more) is none of our business.
  void remove(InFlight gone) {
    InFlight newest = newestByKey.get(gone.key);
    if (newest == gone) {
      if (gone.older == null) {
        newestByKey.remove(gone.key);
      } else {
        newestByKey.put(gone.key, gone.older);
      }
      return;
    }
    for (InFlight at = newest; at != null; at = at.older) {
      if (at.older == gone) {
        at.older = gone.older;
        return;
      }
    }
  }

  /// What the key's newest write under way is, null if none is.
  @Nullable InFlight newest(Key key) {
    return newestByKey.get(key);
  }

  /// The latest write under way at or below `at` that touches the key: when it is applied, so are
  /// all before it. Null: none does.
  @Nullable PendingWrite latest(Key key, long at) {
    return latest(newestByKey.get(key), at);
  }

  /// The same for any of the keys.
  @Nullable PendingWrite latest(List<Key> keys, long at) {
    PendingWrite latest = null;
    for (Key key : keys) {
      latest = later(latest, latest(newestByKey.get(key), at));
    }
    return latest;
  }

  /// The same for any key in the span.
  @Nullable PendingWrite latest(KeySpan span, long at) {
    PendingWrite latest = null;
    for (InFlight newest : within(span).values()) {
      latest = later(latest, latest(newest, at));
    }
    return latest;
  }

  private NavigableMap<Key, InFlight> within(KeySpan span) {
    return span.isUnbounded()
        ? newestByKey.tailMap(span.start(), true)
        : newestByKey.subMap(span.start(), true, span.end(), false);
  }

  private static @Nullable PendingWrite latest(@Nullable InFlight newest, long at) {
    InFlight candidate = newest;
    while (candidate != null && candidate.write.timestamp() > at) {
      candidate = candidate.older;
    }
    return candidate == null ? null : candidate.write;
  }

  private static @Nullable PendingWrite later(@Nullable PendingWrite a, @Nullable PendingWrite b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.timestamp() >= b.timestamp() ? a : b;
  }

  /// Forgets everything and hands each key's newest write to be told.
  List<PendingWrite> clear() {
    List<PendingWrite> writes = new java.util.ArrayList<>();
    Iterator<InFlight> all = newestByKey.values().iterator();
    while (all.hasNext()) {
      for (InFlight at = all.next(); at != null; at = at.older) {
        writes.add(at.write);
      }
      all.remove();
    }
    return writes;
  }
}
