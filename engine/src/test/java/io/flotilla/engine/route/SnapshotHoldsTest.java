package io.flotilla.engine.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.ScanOptions;
import io.flotilla.engine.ScanPage;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.SnapshotHold;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.route.HoldSource.Answer;
import io.flotilla.engine.route.SnapshotHolds.Use;
import io.flotilla.keyspace.Timestamp;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// When a client asks the placement driver to keep what it reads, and what it makes of the answers.
class SnapshotHoldsTest {
  private static final long SECOND = 1_000 * ScriptedWorld.MILLI;

  private final ScriptedWorld world = new ScriptedWorld();
  private final SnapshotHolds holds = world.router.holds();

  private Use use(long at) {
    return holds.use(new Timestamp(at));
  }

  /// The one request that waits for its answer.
  private void answer(long expectedAt, Answer answer) {
    assertEquals(1, world.holds.size());
    ScriptedWorld.Wanted wanted = world.holds.remove();
    assertEquals(expectedAt, wanted.at().value());
    wanted.onAnswer().accept(answer);
  }

  private void grant(long expectedAt) {
    answer(expectedAt, new Answer.Held());
  }

  private int askedWithin(long nanos) {
    world.loop.advance(nanos);
    return world.holds.size();
  }

  @Test
  void aShortUseAsksForNothing() {
    Use use = use(5);
    assertEquals(0, askedWithin(100 * ScriptedWorld.MILLI));
    use.close();
    assertEquals(0, askedWithin(60 * SECOND));
    assertFalse(world.loop.hasTimers());
  }

  @Test
  void aUseThatLastsIsHeldAndRenewedUntilItEnds() {
    Use use = use(5);
    assertEquals(1, askedWithin(SECOND / 4), "long before a second of retention is over");
    grant(5);
    for (int i = 0; i < 5; i++) {
      assertEquals(0, askedWithin(9 * SECOND));
      assertEquals(1, askedWithin(SECOND));
      grant(5);
    }
    use.close();
    assertEquals(0, askedWithin(60 * SECOND));
  }

  @Test
  void oneRequestHoldsTheOldestOfMany() {
    Use old = use(5);
    Use young = use(9);
    askedWithin(SECOND);
    grant(5);
    old.close();
    assertEquals(0, askedWithin(9 * SECOND), "covered by what was held for the other");
    assertEquals(1, askedWithin(SECOND));
    grant(9);
    young.close();
    assertEquals(0, askedWithin(60 * SECOND));
  }

  @Test
  void anOlderSnapshotThatComesLaterIsHeldSoon() {
    use(9);
    askedWithin(SECOND);
    grant(9);
    use(5);
    assertEquals(1, askedWithin(SECOND / 4));
    use(3);
    grant(5);
    assertEquals(1, askedWithin(SECOND / 4), "it came while the answer was under way");
    grant(3);
    assertEquals(0, askedWithin(9 * SECOND));
  }

  @Test
  void manyShortUsesInARowAskForNothing() {
    for (int i = 0; i < 1_000; i++) {
      Use use = use(i);
      world.loop.advance(20 * ScriptedWorld.MILLI);
      use.close();
    }
    assertEquals(0, world.holds.size());
  }

  @Test
  void whatCannotBeKeptIsSaidToItsUserAndTheNextIsHeld() {
    Use old = use(5);
    Use young = use(9);
    askedWithin(SECOND);
    old.requireKept();
    answer(5, new Answer.TooOld("an hour is over"));
    SnapshotTooOldException lost = assertThrows(SnapshotTooOldException.class, old::requireKept);
    assertEquals("an hour is over", lost.getMessage());
    young.requireKept();
    assertEquals(1, askedWithin(ScriptedWorld.MILLI));
    grant(9);
  }

  @Test
  void whileNobodyAnswersItIsTriedAgain() {
    Use use = use(5);
    askedWithin(SECOND);
    for (int i = 0; i < 100; i++) {
      answer(5, new Answer.Failed("no leader"));
      assertEquals(1, askedWithin(SECOND));
    }
    use.requireKept();
  }

  @Test
  void anAnswerAfterTheEndChangesNothing() {
    Use use = use(5);
    askedWithin(SECOND);
    use.close();
    answer(5, new Answer.TooOld("late"));
    use.requireKept();
    assertEquals(0, askedWithin(60 * SECOND));
  }

  @Test
  void aHoldIsThereWhenItIsReturned() throws Exception {
    CompletableFuture<SnapshotHold> held = holds.hold(new Timestamp(5), 10 * SECOND);
    assertFalse(held.isDone());
    answer(5, new Answer.Failed("no leader"));
    assertEquals(1, askedWithin(SECOND / 10));
    grant(5);
    assertEquals(new Snapshot(new Timestamp(5)), held.get().snapshot());
    assertEquals(1, askedWithin(10 * SECOND), "and renewed");
    grant(5);
    held.get().close();
    assertEquals(0, askedWithin(60 * SECOND));
  }

  @Test
  void aHoldThatIsNotGrantedFailsAndLeavesNothing() {
    assertFails(SnapshotTooOldException.class, new Answer.TooOld("below"), 10 * SECOND, false);
    assertFails(UnavailableException.class, new Answer.Failed("no leader"), 20 * SECOND, false);
    assertFails(ClosedException.class, null, 30 * SECOND, true);
  }

  private void assertFails(
      Class<? extends Exception> kind, Answer answer, long deadline, boolean close) {
    CompletableFuture<SnapshotHold> held = holds.hold(new Timestamp(5), deadline);
    if (answer != null) {
      answer(5, answer);
    }
    if (close) {
      world.router.close();
    }
    world.loop.advance(11 * SECOND);
    assertEquals(Future.State.FAILED, held.state());
    assertInstanceOf(
        kind, assertThrows(ExecutionException.class, held::get).getCause(), held::toString);
    world.holds.clear();
    assertEquals(0, askedWithin(60 * SECOND));
  }

  @Test
  void aCursorHoldsItsSnapshotUntilItsEnd() {
    KeyRange rest = KeyRange.ALL;
    KeyValue entry = new KeyValue(new byte[] {1}, new byte[] {2});
    ScanPage more = new ScanPage(List.of(entry), new Snapshot(new Timestamp(5)), rest);
    ScanPage last = new ScanPage(List.of(entry), new Snapshot(new Timestamp(5)), null);
    ScanPage[] pages = {more, more, last};
    int[] fetched = {0};
    PagedCursor cursor =
        new PagedCursor(
            KeyRange.ALL, ScanOptions.FORWARD, use(5), (_, _) -> () -> pages[fetched[0]++]);
    cursor.next();
    assertEquals(1, askedWithin(SECOND));
    grant(5);
    cursor.next();
    cursor.next();
    assertFalse(cursor.hasNext());
    assertEquals(0, askedWithin(60 * SECOND), "at its end, though nobody closed it");
  }

  @Test
  void aCursorWhoseSnapshotIsNotKeptSaysSo() {
    KeyValue entry = new KeyValue(new byte[] {1}, new byte[] {2});
    ScanPage more = new ScanPage(List.of(entry), new Snapshot(new Timestamp(5)), KeyRange.ALL);
    PagedCursor cursor =
        new PagedCursor(KeyRange.ALL, ScanOptions.FORWARD, use(5), (_, _) -> () -> more);
    cursor.next();
    askedWithin(SECOND);
    answer(5, new Answer.TooOld("an hour is over"));
    assertTrue(
        assertThrows(SnapshotTooOldException.class, cursor::next)
            .getMessage()
            .contains("an hour is over"));
    cursor.close();
    assertEquals(0, askedWithin(60 * SECOND));
  }
}
