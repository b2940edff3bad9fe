package io.flotilla.replica;

import io.flotilla.raft.Entry;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import java.util.ArrayDeque;
import java.util.List;

/// About how many bytes of log lie where: enough to decide on compaction.
///
/// Keeps a mark for every so many bytes, not the size of every entry.
final class LogExtent {
  private static final int MARK_BYTES = 16 << 10;

  /// For a log that was found at the start, whose sizes nobody knows.
  private static final int BYTES_PER_ENTRY_GUESS = 256;

  private final ArrayDeque<Mark> marks = new ArrayDeque<>(1);
  private long firstIndex;
  private long lastIndex;

  /// Bytes of the entries above the index before up to and with this one.
  private record Mark(long index, long bytes) {}

  LogExtent(long compactedIndex, long lastIndex) {
    this.firstIndex = compactedIndex + 1;
    this.lastIndex = lastIndex;
    if (lastIndex > compactedIndex) {
      marks.add(new Mark(lastIndex, (lastIndex - compactedIndex) * BYTES_PER_ENTRY_GUESS));
    }
  }

  /// As it was when the replica rested.
  LogExtent(RestReader in) {
    this.firstIndex = in.number();
    this.lastIndex = in.number();
    int size = in.count();
    for (int i = 0; i < size; i++) {
      marks.add(new Mark(in.number(), in.number()));
    }
  }

  void rest(RestWriter out) {
    out.number(firstIndex);
    out.number(lastIndex);
    out.number(marks.size());
    for (Mark mark : marks) {
      out.number(mark.index);
      out.number(mark.bytes);
    }
  }

  long lastIndex() {
    return lastIndex;
  }

  void onAppended(List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.index() <= lastIndex) {
        truncateFrom(entry.index());
      }
      Mark last = marks.peekLast();
      if (last != null && last.bytes + entry.bytes() <= MARK_BYTES) {
        marks.pollLast();
        marks.add(new Mark(entry.index(), last.bytes + entry.bytes()));
      } else {
        marks.add(new Mark(entry.index(), entry.bytes()));
      }
      lastIndex = entry.index();
    }
  }

  void onCompacted(long index) {
    firstIndex = Math.max(firstIndex, index + 1);
    while (!marks.isEmpty() && marks.peekFirst().index <= index) {
      marks.pollFirst();
    }
    lastIndex = Math.max(lastIndex, index);
  }

  /// A snapshot took the log's place.
  void onReplaced(long index) {
    marks.clear();
    firstIndex = index + 1;
    lastIndex = index;
  }

  long bytes() {
    return bytesAfter(firstIndex - 1);
  }

  /// Bytes of the entries above `index`, at most one mark too many.
  long bytesAfter(long index) {
    long bytes = 0;
    for (Mark mark : marks) {
      if (mark.index > index) {
        bytes += mark.bytes;
      }
    }
    return bytes;
  }

  /// The greatest index above which about `bytes` or less of log lie.
  long indexLeaving(long bytes) {
    long left = bytes;
    long index = lastIndex;
    var newestFirst = marks.descendingIterator();
    while (newestFirst.hasNext()) {
      Mark mark = newestFirst.next();
      if (left < mark.bytes) {
        return mark.index;
      }
      left -= mark.bytes;
      index = mark.index;
    }
    return marks.isEmpty() ? index : firstIndex - 1;
  }

  private void truncateFrom(long index) {
    while (!marks.isEmpty() && marks.peekLast().index >= index) {
      Mark last = marks.pollLast();
      long before = marks.isEmpty() ? firstIndex - 1 : marks.peekLast().index;
      if (before < index - 1) {
        long kept = last.bytes * (index - 1 - before) / (last.index - before);
        marks.add(new Mark(index - 1, kept));
        break;
      }
    }
    lastIndex = index - 1;
  }
}
