package io.flotilla.raft;

import java.util.ArrayList;
import java.util.List;

/// What survives a crash of one peer in tests: hard state, log, and the state machine as it was
/// last flushed.
final class TestDisk {
  HardState hardState = HardState.INITIAL;
  EntryId compacted = EntryId.ZERO;
  final List<Entry> entries = new ArrayList<>();
  Machine flushed;

  TestDisk(Machine flushed) {
    this.flushed = flushed;
  }

  long lastIndex() {
    return compacted.index() + entries.size();
  }

  void write(Ready ready, Machine installed) {
    if (ready.hardState() != null) {
      hardState = ready.hardState();
    }
    if (ready.install() != null) {
      compacted = ready.install().last();
      entries.clear();
      flushed = installed;
    }
    if (!ready.toPersist().isEmpty()) {
      long first = ready.toPersist().getFirst().index();
      while (lastIndex() >= first) {
        entries.removeLast();
      }
      if (first != lastIndex() + 1) {
        throw new AssertionError("a hole in the log before " + first);
      }
      entries.addAll(ready.toPersist());
    }
  }

  boolean has(EntryId id) {
    List<Entry> found = read(id.index(), id.index(), 0);
    return !found.isEmpty() && found.getFirst().id().equals(id);
  }

  void compactTo(EntryId point) {
    while (compacted.index() < point.index()) {
      compacted = entries.removeFirst().id();
    }
  }

  List<Entry> read(long from, long to, long bytesMax) {
    List<Entry> read = new ArrayList<>();
    long bytes = 0;
    for (long i = from; i <= to && i > compacted.index() && i <= lastIndex(); i++) {
      Entry entry = entries.get((int) (i - compacted.index() - 1));
      bytes += entry.bytes();
      if (!read.isEmpty() && bytes > bytesMax) {
        break;
      }
      read.add(entry);
    }
    return read;
  }

  GroupStart start(boolean restored) {
    List<EntryId> termStarts = new ArrayList<>();
    long term = -1;
    for (Entry entry : entries) {
      if (entry.term() != term) {
        term = entry.term();
        termStarts.add(entry.id());
      }
    }
    return new GroupStart(
        hardState,
        compacted,
        termStarts,
        lastIndex(),
        flushed.applied().index(),
        flushed.membership(),
        restored);
  }
}
