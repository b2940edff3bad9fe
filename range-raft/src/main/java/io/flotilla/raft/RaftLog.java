package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import java.util.List;
import java.util.function.Consumer;

/// One peer's log as far as the core needs it: the terms of all entries, the newest entries
/// themselves, and the marks along it.
///
/// `compacted <= applied <= committed <= last` and `durable <= offered <= last` hold after every
/// input (only while a snapshot is being installed is `applied` behind `compacted`). Entries leave
/// memory from the front, and only when they are durable and committed; what was dropped is read
/// from disk on demand.
final class RaftLog {
  private final RaftOptions options;
  private final TermRuns runs;
  private final EntryWindow window;
  private final PersistQueue persists;
  private long offered;
  private long committed;
  private long applied;
  private long windowAppliedBytes;
  private long membershipBound;
  private int quietTicks;

  RaftLog(RaftOptions options, GroupStart start) {
    this.options = options;
    this.runs = new TermRuns(start.compacted(), start.termStarts(), start.lastIndex());
    this.window = new EntryWindow(start.lastIndex() + 1);
    this.persists = new PersistQueue(start.hardState(), start.lastIndex());
    this.offered = start.lastIndex();
    this.applied = start.applied();
    this.committed = Math.max(applied, Math.min(start.hardState().committed(), start.lastIndex()));
    this.membershipBound = start.lastIndex();
    Invariant.check(
        applied >= start.compacted().index(), "the state has what is compacted", applied);
    Invariant.check(applied <= start.lastIndex(), "the state never has more than the log", applied);
  }

  /// One that goes on where it rested.
  RaftLog(RaftOptions options, RestReader in) {
    this.options = options;
    this.runs = new TermRuns(in);
    this.window = new EntryWindow(runs.lastIndex() + 1);
    this.persists = new PersistQueue(in);
    this.offered = runs.lastIndex();
    this.committed = in.number();
    this.applied = in.number();
    this.membershipBound = in.number();
    this.quietTicks = in.count();
  }

  /// True if no entry is in memory or under way.
  boolean mayRest() {
    return !hasUnoffered() && window.isEmpty() && persists.mayRest();
  }

  void rest(RestWriter out) {
    Invariant.check(window.firstIndex() == lastIndex() + 1, "an empty window is at the end");
    runs.rest(out);
    persists.rest(out);
    out.number(committed);
    out.number(applied);
    out.number(membershipBound);
    out.number(quietTicks);
  }

  EntryId compacted() {
    return runs.compacted();
  }

  long lastIndex() {
    return runs.lastIndex();
  }

  EntryId last() {
    return new EntryId(runs.lastTerm(), runs.lastIndex());
  }

  long termAt(long index) {
    return runs.termAt(index);
  }

  long newestAtMost(long index, long term) {
    return runs.newestAtMost(index, term);
  }

  long committed() {
    return committed;
  }

  EntryId committedId() {
    return new EntryId(termAt(committed), committed);
  }

  long applied() {
    return applied;
  }

  PersistQueue persists() {
    return persists;
  }

  long durable() {
    return persists.durableIndex();
  }

  /// The election restriction (paper, section 5.4.1).
  boolean isUpToDate(EntryId candidateLast) {
    return candidateLast.term() > runs.lastTerm()
        || (candidateLast.term() == runs.lastTerm() && candidateLast.index() >= lastIndex());
  }

  /// True if a membership change may be in the log that has not been applied.
  boolean mayHoldMembership() {
    return membershipBound > applied;
  }

  // Growing and cutting ---------------------------------------------------------------------------

  void append(Entry entry) {
    runs.append(entry.term(), entry.index());
    window.append(entry);
    quietTicks = 0;
    if (entry.kind() == EntryKind.MEMBERSHIP) {
      membershipBound = entry.index();
    }
    evict();
  }

  /// Drops the suffix from `index` on and hands each dropped entry that is still in memory to
  /// `dropped`.
  void truncateFrom(long index, Consumer<Entry> dropped) {
    Invariant.check(index > committed, "a committed entry is never truncated", index, committed);
    while (!window.isEmpty() && window.lastIndex() >= index) {
      dropped.accept(window.removeLast());
    }
    if (window.isEmpty()) {
      window.restart(index);
    }
    runs.truncateFrom(index);
    persists.cutTo(index - 1);
    offered = Math.min(offered, index - 1);
    membershipBound = Math.min(membershipBound, index - 1);
  }

  /// The log starts anew after the snapshot at `point`. Entries after it, which followed an entry
  /// that the snapshot contradicts, are handed to `dropped`.
  void restart(EntryId point, Consumer<Entry> dropped) {
    Invariant.check(point.index() > committed, "a snapshot moves the log on", point.index());
    while (!window.isEmpty() && window.lastIndex() > point.index()) {
      dropped.accept(window.removeLast());
    }
    runs.restart(point);
    window.restart(point.index() + 1);
    persists.restart(point.index());
    offered = point.index();
    committed = point.index();
    windowAppliedBytes = 0;
    membershipBound = 0;
  }

  EntryId compactTo(long index) {
    if (index > runs.compacted().index()) {
      Invariant.check(index <= applied, "only applied entries are compacted", index, applied);
      runs.compactTo(index);
      while (!window.isEmpty() && window.firstIndex() <= index) {
        removeApplied();
      }
    }
    return runs.compacted();
  }

  // Marks -----------------------------------------------------------------------------------------

  void commitTo(long index) {
    Invariant.check(index >= committed, "the commit index never moves back", index, committed);
    Invariant.check(index <= lastIndex(), "the commit index stays inside the log", index);
    committed = index;
  }

  void applyTo(long index) {
    if (index <= applied) {
      return;
    }
    Invariant.check(index <= committed, "only committed entries are applied", index, committed);
    for (long i = Math.max(applied + 1, window.firstIndex()); window.covers(i) && i <= index; i++) {
      windowAppliedBytes += window.get(i).bytes();
    }
    applied = index;
    evict();
  }

  /// Everything up to and with the Ready `number` is durable.
  void persisted(long number) {
    persists.acknowledge(number);
    Invariant.check(durable() <= offered, "only what was offered is durable", durable(), offered);
    if (persists.installedIndex() > applied) {
      applyTo(persists.installedIndex());
    }
    evict();
  }

  // What goes out ---------------------------------------------------------------------------------

  boolean hasUnoffered() {
    return offered < lastIndex();
  }

  /// The entries that no Ready has carried yet.
  List<Entry> offer() {
    if (offered == lastIndex()) {
      return List.of();
    }
    List<Entry> entries = window.slice(offered + 1, lastIndex(), Long.MAX_VALUE);
    offered = lastIndex();
    return entries;
  }

  long offered() {
    return offered;
  }

  boolean isInMemory(long index) {
    return window.covers(index);
  }

  Entry get(long index) {
    return window.get(index);
  }

  /// Index of the oldest entry in memory; one after the last if there is none.
  long firstInMemory() {
    return window.firstIndex();
  }

  List<Entry> slice(long fromIndex, long toIndex, long bytesMax) {
    return window.slice(fromIndex, toIndex, bytesMax);
  }

  /// True if `entries` are what this log has from `fromIndex` on.
  boolean matches(long fromIndex, List<Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.index() != fromIndex + i || termAt(entry.index()) != entry.term()) {
        return false;
      }
    }
    return !entries.isEmpty();
  }

  // Memory ----------------------------------------------------------------------------------------

  /// After an election timeout without a new entry the memory of the applied ones is given back.
  /// True: this is that moment.
  boolean tick() {
    if (quietTicks == options.electionTicks()) {
      return false;
    }
    quietTicks++;
    boolean isQuietNow = quietTicks == options.electionTicks();
    if (isQuietNow) {
      trim();
    }
    return isQuietNow;
  }

  /// Gives back the memory of what is applied.
  void trim() {
    while (!window.isEmpty() && isDroppable() && window.firstIndex() <= applied) {
      removeApplied();
    }
    window.trim();
    persists.trim();
  }

  private void evict() {
    while (!window.isEmpty() && isDroppable()) {
      boolean isApplied = window.firstIndex() <= applied;
      boolean isOver = window.bytes() > windowBytesLimit();
      if (isApplied && (isOver || windowAppliedBytes > options.windowBytesMax())) {
        removeApplied();
      } else if (isOver) {
        window.removeFirst();
      } else {
        return;
      }
    }
  }

  private boolean isDroppable() {
    return window.firstIndex() <= Math.min(durable(), committed);
  }

  private long windowBytesLimit() {
    return (long) options.windowBytesMax() + options.uncommittedBytesMax();
  }

  private void removeApplied() {
    windowAppliedBytes -= window.removeFirst().bytes();
    Invariant.check(windowAppliedBytes >= 0, "bytes of applied entries add up", windowAppliedBytes);
  }
}
