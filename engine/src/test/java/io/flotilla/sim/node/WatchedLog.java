package io.flotilla.sim.node;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.sim.SimLogStorage;
import io.flotilla.sim.SimStateStorage;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.NoRoomException;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StorageException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A log that checks everything that becomes durable in it, and can be told to fail.
final class WatchedLog implements LogStorage {
  private final SimLogStorage inner;
  private final Supplier<SimStateStorage> state;
  private final BooleanSupplier noRoom;
  private final Truth truth;
  private final Map<RangeId, Group> groups = new HashMap<>();
  private final Set<RangeId> halfDone = new HashSet<>();
  private boolean failNextRead;
  private @Nullable Tear tear;
  private final Power power;
  private final LongConsumer trace;
  private Runnable onReplaced = () -> {};

  /// @param kept true: the torn batch is on the disk as a whole
  private record Tear(boolean kept, Runnable powerCut) {}

  /// What is durable of one group.
  private static final class Group {
    long term;
    @Nullable PeerId vote;
    long committed;
    long compacted;
    final NavigableMap<Long, Long> terms = new TreeMap<>();
  }

  /// @param state of the same store
  /// @param noRoom true while the disk takes nothing
  /// @param trace is given a hash of all that becomes durable
  WatchedLog(
      SimLogStorage inner,
      Supplier<SimStateStorage> state,
      BooleanSupplier noRoom,
      Truth truth,
      Power power,
      LongConsumer trace) {
    this.power = power;
    this.trace = trace;
    this.noRoom = noRoom;
    this.inner = inner;
    this.state = state;
    this.truth = truth;
  }

  /// Who hears that a group's log starts from now on where it had nothing.
  void onReplaced(Runnable listener) {
    onReplaced = listener;
  }

  /// The next read finds a flipped bit: a checksum does not fit.
  void failNextRead() {
    failNextRead = true;
  }

  /// The power fails in the midst of the next write. A batch that is torn is found as a whole or
  /// not at all, which is what the real log makes of it.
  void tearNextWrite(boolean kept, Runnable powerCut) {
    tear = new Tear(kept, powerCut);
  }

  /// Nothing that was asked for and has not happened yet will.
  void calm() {
    tear = null;
    failNextRead = false;
  }

  @Override
  public List<StoredGroup> load() {
    power.operation();
    List<StoredGroup> found = inner.load();
    for (StoredGroup stored : found) {
      if (stored.note().length > 0 || stored.peer() == null) {
        halfDone.add(stored.range());
      }
      if (stored.peer() != null) {
        groups.put(stored.range(), groupOf(stored));
      }
    }
    return found;
  }

  @Override
  public long raiseIncarnation() {
    power.operation();
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
    Tear torn = tear;
    tear = null;
    if (torn != null) {
      if (torn.kept) {
        inner.write(batch);
      }
      torn.powerCut.run();
      throw new StorageException("simulated log: the power failed during a write");
    }
    if (noRoom.getAsBoolean()) {
      throw new NoRoomException("simulated log: no space left on the device");
    }
    power.operation();
    inner.write(batch);
    for (GroupWrite write : batch) {
      boolean isInstall = write.note() != null && write.note().length > 0;
      if (isInstall || write.tombstone() != null) {
        requireFlushed(write.range());
      }
      EntryId start = write.compactTo();
      if (start != null && !reaches(write.range(), start.index())) {
        onReplaced.run();
      }
      take(write);
    }
  }

  /// The group's log goes: whatever it explained has to be durable without it, be it the right half
  /// of a split.
  private void requireFlushed(RangeId range) {
    SimStateStorage here = state.get();
    for (StateStorage.StoredRange stored : here.load()) {
      Broken.check(
          !stored.descriptor().id().equals(range)
              || here.durableApplied(range).equals(stored.applied()),
          () ->
              "range "
                  + range
                  + ": its log is dropped though its state is durable up to "
                  + here.durableApplied(range)
                  + " only, not "
                  + stored.applied());
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
        trace.accept(entry.hashCode() * 31L + Arrays.hashCode(entry.payload()));
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
    trace.accept(state.toString().hashCode());
  }

  /// True if what this life found of a range is the state at that entry of the replica that is
  /// there. It is not in the midst of an install or a removal, which are done again; nor if another
  /// replica came after the one whose removal was not flushed.
  boolean beganWith(RangeId range, EntryId applied) {
    return groups.containsKey(range) && !halfDone.contains(range) && explains(range, applied);
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

  /// The term of an entry that is in the log; null: it is not.
  @Nullable Long termAt(RangeId range, long index) {
    Group group = groups.get(range);
    return group == null ? null : group.terms.get(index);
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

  @Override
  public List<Entry> read(RangeId range, long fromIndex, long toIndex, int bytesMax) {
    if (failNextRead) {
      failNextRead = false;
      throw new StorageException("simulated log: a checksum does not fit");
    }
    power.operation();
    return inner.read(range, fromIndex, toIndex, bytesMax);
  }

  @Override
  public void close() {
    inner.close();
  }
}
