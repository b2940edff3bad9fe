package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import java.util.Arrays;
import java.util.List;

/// The terms of all entries of a log, without the entries: for each term the index where it starts.
///
/// A log has few terms, so this answers every question of log matching without touching the disk.
final class TermRuns {
  private static final long[] NONE = new long[0];

  private EntryId compacted;
  private long lastIndex;
  private long[] terms = NONE;
  private long[] firsts = NONE;
  private int size;

  TermRuns(EntryId compacted, List<EntryId> starts, long lastIndex) {
    Invariant.check(
        lastIndex >= compacted.index(), "a log ends at or after its compaction point", lastIndex);
    Invariant.check(
        starts.isEmpty() == (lastIndex == compacted.index()), "a log with entries has terms");
    this.compacted = compacted;
    this.lastIndex = compacted.index();
    for (EntryId start : starts) {
      long first = Math.max(start.index(), compacted.index() + 1);
      Invariant.check(first <= lastIndex, "a term starts inside the log", first, lastIndex);
      this.lastIndex = first - 1;
      append(start.term(), first);
    }
    this.lastIndex = lastIndex;
  }

  /// As they were when the group rested.
  TermRuns(RestReader in) {
    this.compacted = in.entry();
    this.lastIndex = in.number();
    this.size = in.count();
    this.terms = new long[size];
    this.firsts = new long[size];
    for (int i = 0; i < size; i++) {
      terms[i] = in.number();
      firsts[i] = in.number();
    }
  }

  void rest(RestWriter out) {
    out.entry(compacted);
    out.number(lastIndex);
    out.number(size);
    for (int i = 0; i < size; i++) {
      out.number(terms[i]);
      out.number(firsts[i]);
    }
  }

  EntryId compacted() {
    return compacted;
  }

  long lastIndex() {
    return lastIndex;
  }

  long lastTerm() {
    return size == 0 ? compacted.term() : terms[size - 1];
  }

  /// The term of the entry at `index`; -1 if it is compacted away or not there yet.
  long termAt(long index) {
    if (index > lastIndex || index < compacted.index()) {
      return -1;
    }
    int run = runOf(index);
    return run < 0 ? compacted.term() : terms[run];
  }

  /// The newest index, at most `index`, whose entry has a term of at most `term`: where two logs
  /// may agree at best (paper, section 5.3, the fast back-off). Below the compaction point nothing
  /// is known: the answer is then an index whose [#termAt] is -1.
  long newestAtMost(long index, long term) {
    long candidate = Math.min(index, lastIndex);
    for (int run = runOf(candidate); run >= 0; run--) {
      if (terms[run] <= term) {
        return candidate;
      }
      candidate = firsts[run] - 1;
    }
    boolean isUnknown = candidate == compacted.index() && compacted.term() > term;
    return isUnknown ? Math.max(0, candidate - 1) : Math.max(0, candidate);
  }

  void append(long term, long index) {
    Invariant.check(index == lastIndex + 1, "an entry follows the last one", index, lastIndex);
    Invariant.check(term >= lastTerm(), "terms never fall along a log", term, lastTerm());
    lastIndex = index;
    if (size > 0 && terms[size - 1] == term) {
      return;
    }
    if (size == terms.length) {
      int capacity = Math.max(2, size * 2);
      terms = Arrays.copyOf(terms, capacity);
      firsts = Arrays.copyOf(firsts, capacity);
    }
    terms[size] = term;
    firsts[size] = index;
    size++;
  }

  void truncateFrom(long index) {
    Invariant.check(
        index > compacted.index(), "what is compacted is never truncated", index, lastIndex);
    lastIndex = Math.min(lastIndex, index - 1);
    while (size > 0 && firsts[size - 1] > lastIndex) {
      size--;
    }
  }

  void compactTo(long index) {
    Invariant.check(index <= lastIndex, "compaction stays inside the log", index, lastIndex);
    Invariant.check(index >= compacted.index(), "compaction never moves back", index);
    compacted = new EntryId(termAt(index), index);
    int kept = index == lastIndex ? size : Math.max(0, runOf(index + 1));
    for (int i = kept; i < size; i++) {
      terms[i - kept] = terms[i];
      firsts[i - kept] = Math.max(firsts[i], index + 1);
    }
    size -= kept;
  }

  /// The log is empty and starts after `point`.
  void restart(EntryId point) {
    compacted = point;
    lastIndex = point.index();
    size = 0;
  }

  /// The run that holds `index`; -1 if no run does.
  private int runOf(long index) {
    int run = size - 1;
    while (run >= 0 && firsts[run] > index) {
      run--;
    }
    return run;
  }
}
