package io.flotilla.keyspace;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of each range, for very many of them: a hash table without an object for each
/// entry. The order of a walk follows from the ids and the history of the table alone.
///
/// @param <V> what is known
public final class RangeMap<V> {
  /*
   * Open addressing with linear probing, at most three quarters full. 0 is no range, so it marks a
   * free slot; a removal moves those behind it forward, so that no search ends too early.
   */
  private static final int SLOTS_MIN = 8;

  private long[] ids = new long[SLOTS_MIN];
  private @Nullable Object[] values = new @Nullable Object[SLOTS_MIN];
  private int size;

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public boolean contains(RangeId range) {
    return ids[slotOf(range.value())] != 0;
  }

  @SuppressWarnings("unchecked")
  public @Nullable V get(RangeId range) {
    return (V) values[slotOf(range.value())];
  }

  /// Returns what was known until now.
  @SuppressWarnings("unchecked")
  public @Nullable V put(RangeId range, V value) {
    int slot = slotOf(range.value());
    if (ids[slot] == 0) {
      if ((size + 1) * 4 > ids.length * 3) {
        grow();
        slot = slotOf(range.value());
      }
      ids[slot] = range.value();
      size++;
    }
    Object old = values[slot];
    values[slot] = value;
    return (V) old;
  }

  /// Returns what was known until now.
  @SuppressWarnings("unchecked")
  public @Nullable V remove(RangeId range) {
    int slot = slotOf(range.value());
    Object old = values[slot];
    if (ids[slot] != 0) {
      close(slot);
      size--;
    }
    return (V) old;
  }

  public void clear() {
    ids = new long[SLOTS_MIN];
    values = new @Nullable Object[SLOTS_MIN];
    size = 0;
  }

  /// All that is known now, in the order of a walk.
  @SuppressWarnings("unchecked")
  public List<V> values() {
    List<V> all = new ArrayList<>(size);
    for (Object value : values) {
      if (value != null) {
        all.add((V) value);
      }
    }
    return all;
  }

  /// Where the range is, or the free slot where it would be.
  private int slotOf(long id) {
    int slot = home(id);
    while (ids[slot] != 0 && ids[slot] != id) {
      slot = (slot + 1) & (ids.length - 1);
    }
    return slot;
  }

  private int home(long id) {
    return (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & (ids.length - 1);
  }

  /// Frees a slot: whoever stands behind it and may not be searched past it moves up.
  private void close(int free) {
    int mask = ids.length - 1;
    int hole = free;
    for (int slot = (hole + 1) & mask; ids[slot] != 0; slot = (slot + 1) & mask) {
      int fromHome = (slot - home(ids[slot])) & mask;
      int fromHole = (slot - hole) & mask;
      if (fromHome >= fromHole) {
        ids[hole] = ids[slot];
        values[hole] = values[slot];
        hole = slot;
      }
    }
    ids[hole] = 0;
    values[hole] = null;
  }

  private void grow() {
    long[] oldIds = ids;
    @Nullable Object[] oldValues = values;
    ids = new long[oldIds.length * 2];
    values = new @Nullable Object[oldIds.length * 2];
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] != 0) {
        int slot = slotOf(oldIds[i]);
        ids[slot] = oldIds[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
