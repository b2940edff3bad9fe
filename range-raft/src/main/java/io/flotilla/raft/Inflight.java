package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import java.util.Arrays;

/// Batches of entries that were handed out and not yet acknowledged, in order: how many, how many
/// bytes. Holds no memory until it is first used.
final class Inflight {
  private static final long[] NONE = new long[0];

  private long[] lastIndexes = NONE;
  private long[] sizes = NONE;
  private int head;
  private int count;
  private long bytes;

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  void add(long lastIndex, long batchBytes) {
    Invariant.check(
        count == 0 || lastIndex > newest(), "batches are handed out in order", lastIndex);
    if (count == lastIndexes.length) {
      unroll(Math.max(4, count * 2));
    }
    int slot = (head + count) & (lastIndexes.length - 1);
    lastIndexes[slot] = lastIndex;
    sizes[slot] = batchBytes;
    count++;
    bytes += batchBytes;
  }

  /// Everything up to and with `index` has been acknowledged.
  void acknowledge(long index) {
    while (count > 0 && lastIndexes[head] <= index) {
      bytes -= sizes[head];
      head = (head + 1) & (lastIndexes.length - 1);
      count--;
    }
    Invariant.check(count > 0 || bytes == 0, "no batch, no bytes", bytes);
  }

  /// Gives back memory that nothing is in.
  void trim() {
    if (count == 0) {
      clear();
    }
  }

  void clear() {
    lastIndexes = NONE;
    sizes = NONE;
    head = 0;
    count = 0;
    bytes = 0;
  }

  private long newest() {
    return lastIndexes[(head + count - 1) & (lastIndexes.length - 1)];
  }

  private void unroll(int capacity) {
    long[] indexes = Arrays.copyOf(NONE, capacity);
    long[] amounts = Arrays.copyOf(NONE, capacity);
    for (int i = 0; i < count; i++) {
      int slot = (head + i) & (lastIndexes.length - 1);
      indexes[i] = lastIndexes[slot];
      amounts[i] = sizes[slot];
    }
    lastIndexes = indexes;
    sizes = amounts;
    head = 0;
  }
}
