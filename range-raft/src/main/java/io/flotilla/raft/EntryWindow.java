package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The newest entries of a log, consecutive, in memory: a ring that grows when it must and that an
/// idle group gives back altogether.
final class EntryWindow {
  private static final @Nullable Entry[] EMPTY = new @Nullable Entry[0];
  private static final int SLOTS_MIN = 8;

  private @Nullable Entry[] slots = EMPTY;
  private int head;
  private int size;
  private long firstIndex;
  private long bytes;

  EntryWindow(long firstIndex) {
    this.firstIndex = firstIndex;
  }

  /// Index of the oldest entry here, or of the next one to come when the window is empty.
  long firstIndex() {
    return firstIndex;
  }

  long lastIndex() {
    return firstIndex + size - 1;
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean covers(long index) {
    return index >= firstIndex && index < firstIndex + size;
  }

  Entry get(long index) {
    Invariant.check(covers(index), "an entry taken from the window is in it", index, firstIndex);
    return Objects.requireNonNull(slots[slot(index)]);
  }

  void append(Entry entry) {
    Invariant.check(
        entry.index() == firstIndex + size, "entries are consecutive", entry.index(), lastIndex());
    if (size == slots.length) {
      grow();
    }
    slots[(head + size) & (slots.length - 1)] = entry;
    size++;
    bytes += entry.bytes();
  }

  Entry removeFirst() {
    Entry entry = get(firstIndex);
    slots[head] = null;
    head = (head + 1) & (slots.length - 1);
    size--;
    firstIndex++;
    bytes -= entry.bytes();
    return entry;
  }

  Entry removeLast() {
    Entry entry = get(lastIndex());
    slots[slot(entry.index())] = null;
    size--;
    bytes -= entry.bytes();
    return entry;
  }

  /// Empties the window; the next entry to come is the one at `index`.
  void restart(long index) {
    slots = EMPTY;
    head = 0;
    size = 0;
    bytes = 0;
    firstIndex = index;
  }

  /// Gives back memory that an empty window does not need.
  void trim() {
    if (size == 0) {
      restart(firstIndex);
    }
  }

  /// Entries from `fromIndex` up to and with `toIndex`, stopping before the limit is exceeded but
  /// never before the first.
  List<Entry> slice(long fromIndex, long toIndex, long bytesMax) {
    Invariant.check(toIndex <= lastIndex(), "a slice ends in the window", toIndex, lastIndex());
    long sum = get(fromIndex).bytes();
    int count = 1;
    while (fromIndex + count <= toIndex) {
      sum += get(fromIndex + count).bytes();
      if (sum > bytesMax) {
        break;
      }
      count++;
    }
    Entry[] copy = new Entry[count];
    for (int i = 0; i < count; i++) {
      copy[i] = get(fromIndex + i);
    }
    return Arrays.asList(copy);
  }

  private int slot(long index) {
    return (head + (int) (index - firstIndex)) & (slots.length - 1);
  }

  private void grow() {
    @Nullable Entry[] larger = new @Nullable Entry[Math.max(SLOTS_MIN, slots.length * 2)];
    for (int i = 0; i < size; i++) {
      larger[i] = slots[(head + i) & (slots.length - 1)];
    }
    slots = larger;
    head = 0;
  }
}
