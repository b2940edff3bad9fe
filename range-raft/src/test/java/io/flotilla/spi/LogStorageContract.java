package io.flotilla.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.HardState;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.LogStorage.StoredGroup;
import io.flotilla.spi.LogStorage.Tombstone;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [LogStorage] does. A subclass says how to open one and what a power cut leaves of it.
public abstract class LogStorageContract {
  protected static final RangeId R7 = new RangeId(7);
  protected static final RangeId R300 = new RangeId(300);
  protected static final PeerId P4 = new PeerId(4);

  protected LogStorage log;

  /// A new, empty log.
  protected abstract LogStorage create();

  /// Ends `log` as a power cut would and gives what the next start finds.
  protected abstract LogStorage crash(LogStorage log);

  @BeforeEach
  final void openLog() {
    log = create();
    assertEquals(List.of(), log.load());
  }

  @AfterEach
  final void closeLog() {
    log.close();
  }

  @Test
  void everyLifeHasAHigherNumber() {
    long first = log.raiseIncarnation();
    log.write(List.of(group(R7, P4, HardState.INITIAL, entries(1, 1, 1), null)));
    long second = log.raiseIncarnation();

    List<StoredGroup> found = restart();

    assertEquals(List.of(R7), found.stream().map(StoredGroup::range).toList());
    long third = log.raiseIncarnation();
    assertEquals(true, first >= 1 && second > first && third > second);
  }

  @Test
  void aWrittenBatchSurvivesAPowerCut() {
    HardState voted = new HardState(3, new PeerId(9), 1);
    log.write(
        List.of(
            group(R300, P4, voted, entries(2, 1, 2), null),
            group(R7, P4, HardState.INITIAL, entries(1, 1, 1), null)));

    List<StoredGroup> found = restart();

    assertEquals(List.of(R7, R300), found.stream().map(StoredGroup::range).toList());
    StoredGroup group = found.get(1);
    assertEquals(P4, group.peer());
    assertEquals(voted, group.hardState());
    assertEquals(EntryId.ZERO, group.compacted());
    assertEquals(List.of(new EntryId(2, 1)), group.termStarts());
    assertEquals(2, group.lastIndex());
    assertEquals(0, group.note().length);
    assertNull(group.tombstone());
    assertEquals(entries(2, 1, 2), log.read(R300, 1, 2, 1 << 20));
  }

  @Test
  void whatAWriteLeavesOutStaysAsItWas() {
    HardState voted = new HardState(3, null, 0);
    log.write(List.of(group(R7, P4, voted, List.of(), null)));
    log.write(List.of(group(R7, null, null, entries(3, 1, 3), null)));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(3, 1))));

    StoredGroup group = restart().getFirst();

    assertEquals(P4, group.peer());
    assertEquals(voted, group.hardState());
    assertEquals(new EntryId(3, 1), group.compacted());
    assertEquals(3, group.lastIndex());
  }

  @Test
  void theCommitIndexIsAsNewAsTheLastWriteThatToldIt() {
    log.write(List.of(group(R7, P4, committed(0), entries(3, 1, 3), null)));
    log.write(List.of(group(R7, null, committed(3), entries(3, 4, 5), null)));
    assertEquals(committed(3), restart().getFirst().hardState());

    log.write(List.of(group(R7, null, committed(4), entries(3, 6, 6), null)));
    log.write(List.of(group(R7, null, committed(6), List.of(), null)));
    assertEquals(committed(6), restart().getFirst().hardState());
  }

  @Test
  void theCommitIndexOutlivesTheEntriesThatWereWrittenWithIt() {
    log.write(List.of(group(R7, P4, committed(0), entries(3, 1, 3), null)));
    log.write(List.of(group(R7, null, committed(3), entries(3, 4, 6), null)));
    log.write(List.of(group(R7, null, null, entries(3, 4, 4), null)));
    assertEquals(committed(3), restart().getFirst().hardState());

    log.write(List.of(group(R7, null, committed(4), entries(3, 5, 7), null)));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(3, 7))));
    assertEquals(committed(4), restart().getFirst().hardState());
  }

  private static HardState committed(long index) {
    return new HardState(3, P4, index);
  }

  @Test
  void termStartsNameTheFirstEntryOfEachTerm() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 3), null)));
    log.write(List.of(group(R7, null, null, entries(4, 4, 5), null)));
    log.write(List.of(group(R7, null, null, entries(6, 6, 6), null)));
    assertEquals(ids(1, 1, 4, 4, 6, 6), restart().getFirst().termStarts());

    log.write(List.of(group(R7, null, null, List.of(), new EntryId(4, 4))));
    assertEquals(ids(4, 5, 6, 6), restart().getFirst().termStarts());
  }

  @Test
  void appendTruncatesTheOldSuffix() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 9), null)));
    log.write(List.of(group(R7, null, null, entries(2, 4, 5), null)));

    StoredGroup group = restart().getFirst();

    assertEquals(5, group.lastIndex());
    assertEquals(ids(1, 1, 2, 4), group.termStarts());
    List<Entry> expected = new ArrayList<>(entries(1, 1, 3));
    expected.addAll(entries(2, 4, 5));
    assertEquals(expected, log.read(R7, 1, 9, 1 << 20));
    log.write(List.of(group(R7, null, null, entries(2, 6, 7), null)));
    assertEquals(7, restart().getFirst().lastIndex());
  }

  @Test
  void truncationInOneBatchWithAppendsBeforeIt() {
    log.write(
        List.of(
            group(R7, P4, null, entries(1, 1, 6), null),
            group(R7, null, null, entries(2, 3, 3), null)));
    assertEquals(3, restart().getFirst().lastIndex());
    assertEquals(List.of(), log.read(R7, 4, 6, 1 << 20));
  }

  @Test
  void aGapIsRefused() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 2), null)));
    assertThrows(
        IllegalArgumentException.class,
        () -> log.write(List.of(group(R7, null, null, entries(1, 4, 4), null))));
  }

  @Test
  void compactionDropsThePrefix() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 9), null)));
    log.write(List.of(group(R300, P4, null, entries(1, 1, 2), null)));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(1, 6))));

    assertEquals(List.of(), log.read(R7, 6, 9, 1 << 20));
    assertEquals(entries(1, 7, 9), log.read(R7, 7, 9, 1 << 20));
    assertEquals(entries(1, 1, 2), log.read(R300, 1, 2, 1 << 20));
    assertEquals(new EntryId(1, 6), restart().getFirst().compacted());
    assertEquals(entries(1, 7, 9), log.read(R7, 7, 9, 1 << 20));
  }

  @Test
  void compactionNeverGoesBack() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 9), null)));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(1, 6))));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(1, 3))));
    assertEquals(new EntryId(1, 6), restart().getFirst().compacted());
  }

  @Test
  void compactionBeyondTheEndReplacesTheLog() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 9), null)));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(5, 40))));

    StoredGroup group = restart().getFirst();
    assertEquals(new EntryId(5, 40), group.compacted());
    assertEquals(40, group.lastIndex());
    assertEquals(List.of(), group.termStarts());
    log.write(List.of(group(R7, null, null, entries(5, 41, 42), null)));
    assertEquals(42, restart().getFirst().lastIndex());
  }

  @Test
  void compactionAtAnEntryOfAnotherTermReplacesTheLog() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 9), null)));
    log.write(List.of(group(R7, null, null, List.of(), new EntryId(2, 5))));
    assertEquals(5, restart().getFirst().lastIndex());
    assertEquals(List.of(), log.read(R7, 6, 9, 1 << 20));
  }

  @Test
  void aNewGroupMayStartAtACompactionPoint() {
    log.write(List.of(group(R7, P4, new HardState(5, null, 10), List.of(), new EntryId(5, 10))));
    StoredGroup group = restart().getFirst();
    assertEquals(new EntryId(5, 10), group.compacted());
    assertEquals(10, group.lastIndex());
    log.write(List.of(group(R7, null, null, entries(6, 11, 11), null)));
    assertEquals(entries(6, 11, 11), log.read(R7, 11, 11, 1));
  }

  @Test
  void readStopsAtTheByteBoundButGivesOneEntry() {
    log.write(List.of(group(R7, P4, null, entries(1, 1, 9), null)));
    int each = entries(1, 1, 1).getFirst().bytes();
    assertEquals(1, log.read(R7, 2, 9, 1).size());
    assertEquals(3, log.read(R7, 2, 9, 3 * each).size());
    assertEquals(2, log.read(R7, 2, 3, 1 << 20).size());
    assertEquals(List.of(), log.read(R7, 10, 12, 1 << 20));
    assertEquals(List.of(), log.read(R300, 1, 2, 1 << 20));
  }

  @Test
  void aNoteStaysUntilItIsCleared() {
    log.write(List.of(new GroupWrite(R7, P4, null, List.of(), null, bytes("finish me"), null)));
    log.write(List.of(group(R7, null, null, entries(1, 1, 1), null)));
    assertArrayEquals(bytes("finish me"), restart().getFirst().note());
    log.write(List.of(new GroupWrite(R7, null, null, List.of(), null, new byte[0], null)));
    assertEquals(0, restart().getFirst().note().length);
  }

  @Test
  void aTombstoneDropsAllButItselfAndANewPeerRevivesTheGroup() {
    log.write(List.of(group(R7, P4, new HardState(3, P4, 1), entries(1, 1, 9), null)));
    Tombstone tombstone = new Tombstone(new PeerId(5), new EntryId(1, 9), 0);
    log.write(List.of(new GroupWrite(R7, null, null, List.of(), null, null, tombstone)));

    StoredGroup buried = restart().getFirst();
    assertNull(buried.peer());
    assertEquals(tombstone, buried.tombstone());
    assertEquals(0, buried.lastIndex());
    assertEquals(EntryId.ZERO, buried.compacted());
    assertEquals(HardState.INITIAL, buried.hardState());
    assertEquals(List.of(), log.read(R7, 1, 9, 1 << 20));

    log.write(List.of(group(R7, new PeerId(8), null, List.of(), null)));
    log.write(List.of(group(R7, null, null, entries(4, 1, 2), null)));
    StoredGroup revived = restart().getFirst();
    assertEquals(new PeerId(8), revived.peer());
    assertEquals(new Tombstone(new PeerId(5), EntryId.ZERO, 0), revived.tombstone());
    assertEquals(2, revived.lastIndex());
  }

  @Test
  void aTombstoneKeepsTheHighestPeerTheNewestEntryAndTheLatestTerm() {
    Tombstone older = new Tombstone(new PeerId(5), new EntryId(2, 9), 4);
    Tombstone newer = new Tombstone(new PeerId(8), new EntryId(2, 7), 3);
    log.write(List.of(new GroupWrite(R7, null, null, List.of(), null, null, older)));
    log.write(List.of(new GroupWrite(R7, null, null, List.of(), null, null, newer)));
    Tombstone both = new Tombstone(new PeerId(8), new EntryId(2, 9), 4);
    assertEquals(both, restart().getFirst().tombstone());
    log.write(List.of(new GroupWrite(R7, null, null, List.of(), null, null, older)));
    assertEquals(both, restart().getFirst().tombstone());
  }

  @Test
  void aTombstonesTermStaysUntilALaterPeerHasOne() {
    log.write(List.of(group(R7, P4, new HardState(20, P4, 0), List.of(), null)));
    Tombstone tombstone = new Tombstone(new PeerId(3), EntryId.ZERO, 21);
    log.write(List.of(new GroupWrite(R7, null, null, List.of(), null, null, tombstone)));
    assertEquals(tombstone, restart().getFirst().tombstone());
    assertEquals(tombstone, restart().getFirst().tombstone());

    log.write(List.of(group(R7, P4, null, List.of(), null)));
    assertEquals(new HardState(21, null, 0), restart().getFirst().hardState());
    HardState voted = new HardState(22, P4, 0);
    log.write(List.of(group(R7, null, voted, List.of(), null)));
    StoredGroup revived = restart().getFirst();
    assertEquals(voted, revived.hardState());
    assertEquals(new Tombstone(new PeerId(3), EntryId.ZERO, 0), revived.tombstone());
  }

  @Test
  void theFirstWriteOfAGroupNamesItsPeer() {
    assertThrows(
        IllegalArgumentException.class,
        () -> log.write(List.of(group(R7, null, null, entries(1, 1, 1), null))));
  }

  @Test
  void largeAndEmptyPayloads() {
    Entry large = new Entry(1, 1, EntryKind.COMMAND, new byte[3 << 20]);
    Entry empty = new Entry(1, 2, EntryKind.NOOP, new byte[0]);
    log.write(List.of(group(R7, P4, null, List.of(large, empty), null)));
    restart();
    assertEquals(List.of(large, empty), log.read(R7, 1, 2, 8 << 20));
  }

  private List<StoredGroup> restart() {
    log = crash(log);
    return log.load();
  }

  protected static GroupWrite group(
      RangeId range,
      @Nullable PeerId peer,
      @Nullable HardState hardState,
      List<Entry> append,
      @Nullable EntryId compactTo) {
    return new GroupWrite(range, peer, hardState, append, compactTo, null, null);
  }

  protected static List<Entry> entries(long term, long from, long to) {
    List<Entry> entries = new ArrayList<>();
    for (long index = from; index <= to; index++) {
      EntryKind kind = EntryKind.values()[(int) (index % 3)];
      entries.add(new Entry(term, index, kind, bytes("entry " + term + "/" + index)));
    }
    return entries;
  }

  private static List<EntryId> ids(long... termsAndIndexes) {
    List<EntryId> ids = new ArrayList<>();
    for (int i = 0; i < termsAndIndexes.length; i += 2) {
      ids.add(new EntryId(termsAndIndexes[i], termsAndIndexes[i + 1]));
    }
    return ids;
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
