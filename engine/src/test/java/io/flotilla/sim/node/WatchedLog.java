package io.flotilla.sim.node;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.StorageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A log that checks everything that becomes durable in it, and can be told to fail.
final class WatchedLog implements LogStorage {
  private final SimLogStorage inner;
  private final Truth truth;
  private final Map<RangeId, Group> groups = new HashMap<>();
  private boolean failNextRead;
  private long digest = 17;

  /// What is durable of one group.
  private static final class Group {
    long term;
    @Nullable PeerId vote;
    long committed;
    long compacted;
    final NavigableMap<Long, Long> terms = new TreeMap<>();
  }

  WatchedLog(SimLogStorage inner, Truth truth) {
    this.inner = inner;
    this.truth = truth;
  }

  /// The next read finds a flipped bit: a checksum does not fit.
  void failNextRead() {
    failNextRead = true;
  }

  @Override
  public List<StoredGroup> load() {
    List<StoredGroup> found = inner.load();
    for (StoredGroup stored : found) {
      if (stored.peer() != null) {
        groups.put(stored.range(), groupOf(stored));
      }
    }
    return found;
  }

  @Override
  public long raiseIncarnation() {
    return inner.raiseIncarnation();
  }

  private static Group groupOf(StoredGroup stored) {
    Group group = new Group();
    group.term = stored.hardState().term();
    group.vote = stored.hardState().vote();
    group.committed = stored.hardState().committed();
    group.compacted = stored.compacted().index();
    long end = stored.lastIndex();
    for (EntryId start : stored.termStarts().reversed()) {
      for (long index = end; index >= start.index(); index--) {
        group.terms.put(index, start.term());
      }
      end = start.index() - 1;
    }
    return group;
  }

  @Override
  public void write(List<GroupWrite> batch) {
    inner.write(batch);
    for (GroupWrite write : batch) {
      take(write);
    }
  }

  private void take(GroupWrite write) {
    RangeId range = write.range();
    if (write.tombstone() != null) {
      groups.remove(range);
      return;
    }
    Group group = groups.computeIfAbsent(range, _ -> new Group());
    if (!write.append().isEmpty()) {
      long first = write.append().getFirst().index();
      Long term = group.terms.get(first);
      Broken.check(
          first > group.committed || term == null || term == write.append().getFirst().term(),
          () ->
              "range "
                  + range
                  + ": committed entry "
                  + first
                  + " was truncated, known committed: "
                  + group.committed);
      group.terms.tailMap(first, true).clear();
      for (Entry entry : write.append()) {
        truth.logged(range, entry);
        group.terms.put(entry.index(), entry.term());
        digest = digest * 31 + entry.hashCode();
      }
    }
    if (write.compactTo() != null) {
      truth.committed(range, write.compactTo());
      compact(group, write.compactTo());
    }
    if (write.hardState() != null) {
      take(range, group, write.hardState());
    }
  }

  private static void compact(Group group, EntryId to) {
    Long term = group.terms.get(to.index());
    if (term == null || term != to.term()) {
      group.terms.clear();
    }
    group.terms.headMap(to.index(), true).clear();
    group.compacted = Math.max(group.compacted, to.index());
  }

  private void take(RangeId range, Group group, HardState state) {
    Broken.check(
        state.term() >= group.term, () -> "range " + range + ": the durable term moved back");
    Broken.check(
        state.committed() >= group.committed,
        () ->
            "range "
                + range
                + ": the durable commit index moved back from "
                + group.committed
                + " to "
                + state.committed());
    for (var entry :
        group.terms.subMap(group.committed, false, state.committed(), true).entrySet()) {
      truth.committed(range, new EntryId(entry.getValue(), entry.getKey()));
    }
    group.term = state.term();
    group.vote = state.vote();
    group.committed = state.committed();
    digest = digest * 31 + state.term();
  }

  /// True if what this store says with such a vote is durable.
  boolean hasVoted(RangeId range, long term) {
    Group group = groups.get(range);
    return group != null && (group.term > term || group.term == term && group.vote != null);
  }

  /// True if the log reaches so far, durably.
  boolean reaches(RangeId range, long index) {
    Group group = groups.get(range);
    return group != null && (group.compacted >= index || group.terms.containsKey(index));
  }

  /// As [#reaches]; true as well if the group is not here (any more).
  boolean mayReach(RangeId range, long index) {
    return !groups.containsKey(range) || reaches(range, index);
  }

  /// True if this entry is in the log, or was.
  boolean explains(RangeId range, EntryId entry) {
    Group group = groups.get(range);
    if (group == null || group.compacted >= entry.index()) {
      return true;
    }
    Long term = group.terms.get(entry.index());
    return term != null && term == entry.term();
  }

  long digest() {
    return digest;
  }

  @Override
  public List<Entry> read(RangeId range, long fromIndex, long toIndex, int bytesMax) {
    if (failNextRead) {
      failNextRead = false;
      throw new StorageException("simulated log: a checksum does not fit");
    }
    return inner.read(range, fromIndex, toIndex, bytesMax);
  }

  @Override
  public void close() {
    inner.close();
  }
}
