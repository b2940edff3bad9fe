package io.flotilla.sim;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A log in memory. Every `write` that returns is durable, as the contract says; what a test can
/// choose is a write that throws, and whether its batch is on the disk nevertheless.
///
/// [#crash()] ends this object and gives the log that the next start of the store finds.
public final class SimLogStorage implements LogStorage {
  private final NavigableMap<RangeId, Group> groups = new TreeMap<>();
  private @Nullable Fault nextWrite;
  private boolean closed;
  private long writes;
  private long bytesWritten;
  private long incarnation;
  private LongConsumer trace = _ -> {};

  /// What a failing write leaves behind.
  public enum Fault {
    /// Nothing of the batch.
    LOST,
    /// The whole batch.
    KEPT
  }

  /// Lets the next write throw; null: not any more.
  public void failNextWrite(@Nullable Fault fault) {
    nextWrite = fault;
  }

  /// Who is given from now on, after a power cut, too, a hash of everything that becomes durable.
  void watch(LongConsumer listener) {
    trace = listener;
  }

  /// How many batches were written: each is one fsync.
  public long writes() {
    return writes;
  }

  /// Bytes of entries that were ever written, in all lives.
  public long bytesWritten() {
    return bytesWritten;
  }

  /// A power cut: this object is of no use from now on; the one returned has all that was durable.
  public SimLogStorage crash() {
    closed = true;
    SimLogStorage next = new SimLogStorage();
    groups.forEach((range, group) -> next.groups.put(range, group.copy()));
    next.incarnation = incarnation;
    next.bytesWritten = bytesWritten;
    next.trace = trace;
    return next;
  }

  @Override
  public List<StoredGroup> load() {
    requireOpen();
    List<StoredGroup> found = new ArrayList<>();
    groups.forEach((range, group) -> found.add(group.stored(range)));
    return found;
  }

  @Override
  public void write(List<GroupWrite> batch) {
    requireOpen();
    Fault fault = nextWrite;
    nextWrite = null;
    if (fault != Fault.LOST) {
      for (GroupWrite write : batch) {
        groups.computeIfAbsent(write.range(), _ -> new Group()).write(write);
        write.append().forEach(entry -> bytesWritten += entry.bytes());
        trace.accept(hash(write));
      }
      writes++;
    }
    if (fault != null) {
      closed = true;
      throw new StorageException("simulated log: the disk failed, the batch is " + fault);
    }
  }

  private static long hash(GroupWrite write) {
    long hash =
        Objects.hash(
            write.range(),
            write.peer(),
            write.hardState(),
            write.compactTo(),
            Arrays.hashCode(write.note()),
            write.tombstone());
    for (Entry entry : write.append()) {
      hash = hash * 31 + entry.hashCode();
      hash = hash * 31 + entry.kind().ordinal();
      hash = hash * 31 + Arrays.hashCode(entry.payload());
    }
    return hash;
  }

  @Override
  public long raiseIncarnation() {
    requireOpen();
    if (nextWrite != null) {
      closed = true;
      throw new StorageException("simulated log: the disk failed, the incarnation is as before");
    }
    trace.accept(++incarnation);
    return incarnation;
  }

  @Override
  public List<Entry> read(RangeId range, long fromIndex, long toIndex, int bytesMax) {
    requireOpen();
    Group group = groups.get(range);
    List<Entry> found = new ArrayList<>();
    if (group == null || !group.entries.containsKey(fromIndex)) {
      return found;
    }
    long bytes = 0;
    for (Entry entry : group.entries.subMap(fromIndex, true, toIndex, true).values()) {
      bytes += entry.bytes();
      if (bytes > bytesMax && !found.isEmpty()) {
        break;
      }
      found.add(entry);
    }
    return found;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new StorageException("simulated log: closed");
    }
  }

  private static final class Group {
    private @Nullable PeerId peer;
    private HardState hardState = HardState.INITIAL;
    private EntryId compacted = EntryId.ZERO;
    private byte[] note = new byte[0];
    private @Nullable Tombstone tombstone;
    private final NavigableMap<Long, Entry> entries = new TreeMap<>();

    /// Whom each peer ever voted for in each term; nothing takes that away.
    private final NavigableMap<String, PeerId> votes = new TreeMap<>();

    Group copy() {
      Group copy = new Group();
      copy.peer = peer;
      copy.hardState = hardState;
      copy.compacted = compacted;
      copy.note = note;
      copy.tombstone = tombstone;
      copy.entries.putAll(entries);
      copy.votes.putAll(votes);
      return copy;
    }

    void write(GroupWrite write) {
      if (write.peer() != null) {
        revive();
        peer = write.peer();
      }
      if (write.hardState() != null) {
        requirePromisesKept(write);
        hardState = write.hardState();
      }
      append(write.range(), write.append());
      if (write.compactTo() != null) {
        compact(write.compactTo());
      }
      if (write.note() != null) {
        note = write.note().clone();
      }
      if (write.tombstone() != null) {
        bury(write.tombstone());
      } else if (peer == null) {
        throw new IllegalArgumentException(
            "range " + write.range() + ": the first write names a peer");
      }
    }

    /// Whatever a start or a split does: what is on the disk was promised, maybe.
    private void requirePromisesKept(GroupWrite write) {
      HardState next = Objects.requireNonNull(write.hardState());
      boolean kept =
          next.term() > hardState.term()
              || next.term() == hardState.term()
                  && (hardState.vote() == null || hardState.vote().equals(next.vote()));
      if (!kept) {
        throw new AssertionError(
            "range " + write.range() + ": " + next + " must not replace " + hardState);
      }
      String once = "peer " + peer + " in term " + next.term();
      PeerId vote = next.vote();
      PeerId before = vote == null ? null : votes.putIfAbsent(once, vote);
      if (before != null && !before.equals(vote)) {
        throw new AssertionError(
            "range " + write.range() + ": " + once + " votes for " + before + " and " + vote);
      }
    }

    private void append(RangeId range, List<Entry> append) {
      if (append.isEmpty()) {
        return;
      }
      long first = append.getFirst().index();
      if (first <= compacted.index() || first > lastIndex() + 1) {
        throw new IllegalArgumentException(
            "range " + range + ": entry " + first + " does not follow " + lastIndex());
      }
      entries.tailMap(first, true).clear();
      for (Entry entry : append) {
        entries.put(entry.index(), entry);
      }
    }

    private void compact(EntryId to) {
      if (to.index() <= compacted.index()) {
        return;
      }
      Entry last = entries.get(to.index());
      if (last == null || last.term() != to.term()) {
        entries.clear();
      } else {
        entries.headMap(to.index(), true).clear();
      }
      compacted = to;
    }

    private void revive() {
      if (peer == null && tombstone != null) {
        hardState = new HardState(tombstone.term(), null, 0);
        tombstone = new Tombstone(tombstone.peer(), EntryId.ZERO, 0);
      }
    }

    private void bury(Tombstone removed) {
      entries.clear();
      peer = null;
      hardState = HardState.INITIAL;
      compacted = EntryId.ZERO;
      note = new byte[0];
      tombstone = Tombstone.merge(tombstone, removed);
    }

    private long lastIndex() {
      return entries.isEmpty() ? compacted.index() : entries.lastKey();
    }

    StoredGroup stored(RangeId range) {
      List<EntryId> termStarts = new ArrayList<>();
      for (Entry entry : entries.values()) {
        if (termStarts.isEmpty() || termStarts.getLast().term() != entry.term()) {
          termStarts.add(entry.id());
        }
      }
      return new StoredGroup(
          range, peer, hardState, compacted, termStarts, lastIndex(), note, tombstone);
    }
  }
}
