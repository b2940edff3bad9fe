package io.flotilla.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The log's parts: terms against a naive twin, and what becomes durable when Readys overtake each
/// other.
final class RaftLogTest {
  @Test
  void termRunsSayWhatAListOfTermsSays() {
    RandomSource random = new RandomSource(3);
    for (int round = 0; round < 300; round++) {
      TermRuns runs = new TermRuns(EntryId.ZERO, List.of(), 0);
      List<Long> terms = new ArrayList<>(List.of(0L));
      long compacted = 0;
      for (int step = 0; step < 40; step++) {
        long last = terms.size() - 1L;
        int kind = random.nextInt(10);
        if (kind < 7) {
          terms.add(terms.getLast() + (random.oneIn(3) ? random.nextInt(3) : 0));
          if (terms.getLast() == 0) {
            terms.set((int) last + 1, 1L);
          }
          runs.append(terms.getLast(), last + 1);
        } else if (kind < 9 && last > compacted) {
          long from = compacted + 1 + random.nextInt((int) (last - compacted));
          runs.truncateFrom(from);
          terms = new ArrayList<>(terms.subList(0, (int) from));
        } else {
          compacted += random.nextInt((int) (last - compacted) + 1);
          runs.compactTo(compacted);
        }
        compare(runs, terms, compacted, random);
      }
    }
  }

  private static void compare(
      TermRuns runs, List<Long> terms, long compacted, RandomSource random) {
    assertEquals(terms.size() - 1L, runs.lastIndex());
    for (int i = 0; i <= terms.size(); i++) {
      long expected = i < compacted || i == terms.size() ? -1 : terms.get(i);
      assertEquals(expected, runs.termAt(i));
    }
    long index = random.nextInt(terms.size() + 2);
    long term = random.nextInt(12);
    long naive = Math.min(index, terms.size() - 1L);
    while (naive > compacted && terms.get((int) naive) > term) {
      naive--;
    }
    if (naive < compacted || terms.get((int) naive) > term) {
      assertTrue(runs.termAt(runs.newestAtMost(index, term)) < 0 || compacted == 0);
    } else {
      assertEquals(naive, runs.newestAtMost(index, term));
    }
  }

  @Test
  void aReplacedEntryIsNotDurableBecauseTheOneItReplacedIs() {
    RaftLog log = new RaftLog(OneGroup.OPTIONS, emptyStart());
    log.append(OneGroup.entry(1, 1));
    log.append(OneGroup.entry(1, 2));
    offer(log, 1);
    log.truncateFrom(2, _ -> {});
    log.append(OneGroup.entry(2, 2));
    offer(log, 2);
    log.persisted(1);
    assertEquals(1, log.durable());
    log.persisted(2);
    assertEquals(2, log.durable());
  }

  @Test
  void anEntryThatCameBackIsDurableOnlyWithTheReadyThatBroughtItBack() {
    RaftLog log = new RaftLog(OneGroup.OPTIONS, emptyStart());
    log.append(OneGroup.entry(1, 1));
    offer(log, 1);
    log.truncateFrom(1, _ -> {});
    log.append(OneGroup.entry(2, 1));
    offer(log, 2);
    log.truncateFrom(1, _ -> {});
    log.append(OneGroup.entry(3, 1));
    offer(log, 3);
    log.persisted(2);
    assertEquals(0, log.durable());
    log.persisted(3);
    assertEquals(1, log.durable());
  }

  @Test
  void appliedEntriesLeaveMemoryBeyondTheWindowAndAllWhenItIsQuiet() {
    RaftLog log = new RaftLog(OneGroup.OPTIONS, emptyStart());
    for (int i = 1; i <= 100; i++) {
      log.append(OneGroup.entry(1, i));
    }
    offer(log, 1);
    log.persisted(1);
    log.commitTo(100);
    assertTrue(log.isInMemory(1));
    log.applyTo(100);
    assertFalse(log.isInMemory(1));
    assertTrue(log.isInMemory(100));
    for (int i = 0; i < OneGroup.TICKS; i++) {
      log.tick();
    }
    assertFalse(log.isInMemory(100));
    assertEquals(1, log.termAt(50));
  }

  private static void offer(RaftLog log, long number) {
    log.offer();
    log.persists().add(number, log.offered(), null, 0);
  }

  private static GroupStart emptyStart() {
    return new GroupStart(
        HardState.INITIAL, EntryId.ZERO, List.of(), 0, 0, Machine.parse("1,2,3"), false);
  }
}
