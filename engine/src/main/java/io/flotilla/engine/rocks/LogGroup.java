package io.flotilla.engine.rocks;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.LogStorage.Tombstone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the log knows of one group in memory: all but its entries. Used by the writing thread
/// alone.
final class LogGroup {
  /*
   * A store has one of these for each of its ranges, however long nobody uses them. So it holds
   * numbers, and makes the objects that others want when they ask. 0 stands for no peer.
   */
  private static final long[] NONE = new long[0];

  private long peer;
  private long term;
  private long vote;
  private long committed;
  private long compactedTerm;
  private long compactedIndex;
  private long lastIndex;
  private @Nullable Tombstone tombstone;

  /// Term and index of the first entry of each term that is in the log, ascending.
  private long[] termStarts = NONE;

  LogGroup() {
    this(null, HardState.INITIAL, EntryId.ZERO, null);
  }

  LogGroup(
      @Nullable PeerId peer,
      HardState hardState,
      EntryId compacted,
      @Nullable Tombstone tombstone) {
    this.peer = number(peer);
    this.term = hardState.term();
    this.vote = number(hardState.vote());
    this.committed = hardState.committed();
    this.compactedTerm = compacted.term();
    this.compactedIndex = compacted.index();
    this.tombstone = tombstone;
    this.lastIndex = compacted.index();
  }

  @Nullable PeerId peer() {
    return peer(peer);
  }

  HardState hardState() {
    return new HardState(term, peer(vote), committed);
  }

  EntryId compacted() {
    return new EntryId(compactedTerm, compactedIndex);
  }

  @Nullable Tombstone tombstone() {
    return tombstone;
  }

  long firstIndex() {
    return compactedIndex + 1;
  }

  long lastIndex() {
    return lastIndex;
  }

  void setPeer(PeerId newPeer) {
    if (peer == 0 && tombstone != null) {
      term = tombstone.term();
      tombstone = new Tombstone(tombstone.peer(), EntryId.ZERO, 0);
    }
    peer = newPeer.value();
  }

  void setHardState(HardState hardState) {
    term = hardState.term();
    vote = number(hardState.vote());
    committed = hardState.committed();
  }

  /// An entry that was found says that everything up to `index` is committed.
  void knowCommitted(long index) {
    committed = Math.max(committed, index);
  }

  /// The entry (term, index) is now the last one of the log.
  void append(long entryTerm, long index) {
    int length = termStarts.length;
    if (length == 0 || termStarts[length - 2] != entryTerm) {
      termStarts = Arrays.copyOf(termStarts, length + 2);
      termStarts[length] = entryTerm;
      termStarts[length + 1] = index;
    }
    lastIndex = index;
  }

  /// Drops the entries from `index` on.
  void truncate(long index) {
    int length = termStarts.length;
    while (length > 0 && termStarts[length - 1] >= index) {
      length -= 2;
    }
    keep(0, length);
    lastIndex = index - 1;
  }

  /// True if `id` is an entry of the log.
  boolean holds(EntryId id) {
    if (id.index() < firstIndex() || id.index() > lastIndex) {
      return false;
    }
    long found = 0;
    for (int i = 0; i < termStarts.length && termStarts[i + 1] <= id.index(); i += 2) {
      found = termStarts[i];
    }
    return found == id.term();
  }

  /// Drops the prefix up to and with `to`, an entry of the log.
  void compact(EntryId to) {
    long next = to.index() + 1;
    int from = 0;
    while (termStarts.length - from > 2 && termStarts[from + 3] <= next) {
      from += 2;
    }
    if (to.index() == lastIndex) {
      termStarts = NONE;
    } else {
      keep(from, termStarts.length);
      termStarts[1] = Math.max(termStarts[1], next);
    }
    compactedTerm = to.term();
    compactedIndex = to.index();
  }

  /// Drops the whole log; it starts anew behind `at`.
  void restartAt(EntryId at) {
    termStarts = NONE;
    compactedTerm = at.term();
    compactedIndex = at.index();
    lastIndex = at.index();
  }

  /// Drops everything but the word of what was removed.
  void bury(Tombstone removed) {
    restartAt(EntryId.ZERO);
    peer = 0;
    setHardState(HardState.INITIAL);
    tombstone = Tombstone.merge(tombstone, removed);
  }

  StoredGroup stored(RangeId range, byte[] note) {
    List<EntryId> starts = new ArrayList<>();
    for (int i = 0; i < termStarts.length; i += 2) {
      starts.add(new EntryId(termStarts[i], termStarts[i + 1]));
    }
    return new StoredGroup(
        range, peer(), hardState(), compacted(), List.copyOf(starts), lastIndex, note, tombstone);
  }

  private void keep(int from, int to) {
    if (to - from < termStarts.length) {
      termStarts = to == from ? NONE : Arrays.copyOfRange(termStarts, from, to);
    }
  }

  private static long number(@Nullable PeerId peer) {
    return peer == null ? 0 : peer.value();
  }

  private static @Nullable PeerId peer(long number) {
    return number == 0 ? null : new PeerId(number);
  }
}
