package io.flotilla.engine.rocks;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.LogStorage.Tombstone;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the log knows of one group in memory: all but its entries. Used by the writing thread
/// alone.
final class LogGroup {
  private @Nullable PeerId peer;
  private HardState hardState;
  private EntryId compacted;
  private @Nullable Tombstone tombstone;
  private long lastIndex;

  /// The first entry of each term that is in the log, ascending.
  private final List<EntryId> termStarts = new ArrayList<>(2);

  LogGroup() {
    this(null, HardState.INITIAL, EntryId.ZERO, null);
  }

  LogGroup(
      @Nullable PeerId peer,
      HardState hardState,
      EntryId compacted,
      @Nullable Tombstone tombstone) {
    this.peer = peer;
    this.hardState = hardState;
    this.compacted = compacted;
    this.tombstone = tombstone;
    this.lastIndex = compacted.index();
  }

  @Nullable PeerId peer() {
    return peer;
  }

  HardState hardState() {
    return hardState;
  }

  EntryId compacted() {
    return compacted;
  }

  @Nullable Tombstone tombstone() {
    return tombstone;
  }

  long firstIndex() {
    return compacted.index() + 1;
  }

  long lastIndex() {
    return lastIndex;
  }

  void setPeer(PeerId newPeer) {
    if (peer == null && tombstone != null) {
      tombstone = new Tombstone(tombstone.peer(), EntryId.ZERO);
    }
    peer = newPeer;
  }

  void setHardState(HardState hardState) {
    this.hardState = hardState;
  }

  /// An entry that was found says that everything up to `index` is committed.
  void knowCommitted(long index) {
    if (index > hardState.committed()) {
      hardState = new HardState(hardState.term(), hardState.vote(), index);
    }
  }

  /// The entry (term, index) is now the last one of the log.
  void append(long term, long index) {
    if (termStarts.isEmpty() || termStarts.getLast().term() != term) {
      termStarts.add(new EntryId(term, index));
    }
    lastIndex = index;
  }

  /// Drops the entries from `index` on.
  void truncate(long index) {
    while (!termStarts.isEmpty() && termStarts.getLast().index() >= index) {
      termStarts.removeLast();
    }
    lastIndex = index - 1;
  }

  /// True if `id` is an entry of the log.
  boolean holds(EntryId id) {
    if (id.index() < firstIndex() || id.index() > lastIndex) {
      return false;
    }
    long term = 0;
    for (EntryId start : termStarts) {
      if (start.index() <= id.index()) {
        term = start.term();
      }
    }
    return term == id.term();
  }

  /// Drops the prefix up to and with `to`, an entry of the log.
  void compact(EntryId to) {
    long next = to.index() + 1;
    while (termStarts.size() > 1 && termStarts.get(1).index() <= next) {
      termStarts.removeFirst();
    }
    if (to.index() == lastIndex) {
      termStarts.clear();
    } else if (termStarts.getFirst().index() < next) {
      termStarts.set(0, new EntryId(termStarts.getFirst().term(), next));
    }
    compacted = to;
  }

  /// Drops the whole log; it starts anew behind `at`.
  void restartAt(EntryId at) {
    termStarts.clear();
    compacted = at;
    lastIndex = at.index();
  }

  /// Drops everything but the word of what was removed.
  void bury(Tombstone removed) {
    restartAt(EntryId.ZERO);
    peer = null;
    hardState = HardState.INITIAL;
    tombstone = Tombstone.merge(tombstone, removed);
  }

  StoredGroup stored(RangeId range, byte[] note) {
    return new StoredGroup(
        range, peer, hardState, compacted, List.copyOf(termStarts), lastIndex, note, tombstone);
  }
}
