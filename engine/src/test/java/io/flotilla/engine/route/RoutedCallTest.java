package io.flotilla.engine.route;

import static io.flotilla.engine.route.ScriptedWorld.MILLI;
import static io.flotilla.engine.route.ScriptedWorld.range;
import static io.flotilla.engine.route.ScriptedWorld.store;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.ClosedException;
import io.flotilla.engine.DeadlineException;
import io.flotilla.engine.DiskFullException;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.Limits;
import io.flotilla.engine.MultiRangeBatchException;
import io.flotilla.engine.OutcomeUnknownException;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.Snapshot;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.TooLargeException;
import io.flotilla.engine.UnavailableException;
import io.flotilla.engine.WriteBatch;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.route.StoreChannel.Delivery;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// One call through everything that can happen to it on the way.
class RoutedCallTest {
  private static final long DEADLINE = 1000 * MILLI;

  private final ScriptedWorld world = new ScriptedWorld();
  private final RoutedEngine engine = new RoutedEngine(world.router);

  private void know(@Nullable StoreId leader) {
    world.router.cache().learn(range(2, "", "", 3), leader);
  }

  private CompletableFuture<Optional<byte[]>> get() {
    return engine.get(bytes("k"), null, DEADLINE);
  }

  private CompletableFuture<?> put() {
    return engine.put(bytes("k"), bytes("v"), DEADLINE);
  }

  private void pause() {
    world.loop.advance(250 * MILLI);
  }

  @Test
  void theKnownLeaderIsAskedAndNobodyElse() {
    know(store(2));
    var get = get();
    world.sent.remove().reply(new KvReply.Value(bytes("v")));
    assertEquals("v", text(get));
    assertEquals(List.of("to 2 range 2"), world.log);
  }

  @Test
  void anUnknownRangeIsLookedUp() {
    var get = get();
    world.lookups.remove().answer(range(2, "", "", 3), store(3));
    world.sent.remove().reply(new KvReply.Value(null));
    assertEquals("none", text(get));
    assertEquals(List.of("lookup", "to 3 range 2"), world.log);
  }

  @Test
  void aHintIsFollowedAtOnceAndKept() {
    know(store(1));
    var put = put();
    world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(3)));
    world.sent.remove().reply(new KvReply.Done(new Timestamp(5)));
    assertTrue(put.isDone());
    get();
    assertEquals(List.of("to 1 range 2", "to 3 range 2", "to 3 range 2"), world.log);
  }

  @Test
  void withoutAHintAnotherReplicaIsAskedAfterAPause() {
    know(store(1));
    var get = get();
    world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), null));
    assertEquals(1, world.log.size());
    pause();
    assertEquals(List.of("to 1 range 2", "to 2 range 2"), world.log);
    world.sent.remove().reply(new KvReply.Value(null));
    assertTrue(get.isDone());
  }

  @Test
  void leadersWhoPointAtEachOtherDoNotMakeAStorm() {
    know(store(1));
    var get = get();
    for (int i = 0; i < 50 && !world.sent.isEmpty(); i++) {
      StoreId other = world.sent.getFirst().store().equals(store(1)) ? store(2) : store(1);
      world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), other));
    }
    assertTrue(world.log.size() < 10, "sent at once: " + world.log.size());
    assertFalse(get.isDone());
  }

  @Test
  void aSplitSendsTheCallToTheOtherHalf() {
    know(store(1));
    var get = engine.get(bytes("x"), null, DEADLINE);
    world
        .sent
        .remove()
        .refuse(new Refusal.StaleRange(List.of(range(2, "", "m", 4), range(9, "m", "", 4))));
    assertEquals(List.of("to 1 range 2", "to 1 range 9"), world.log);
    world.sent.remove().reply(new KvReply.Value(null));
    assertTrue(get.isDone());
    engine.get(bytes("a"), null, DEADLINE);
    assertEquals("to 1 range 2", world.log.getLast());
  }

  @Test
  void aStaleRangeThatKnowsNoBetterLeadsToALookup() {
    know(store(1));
    get();
    world.sent.remove().refuse(new Refusal.StaleRange(List.of()));
    pause();
    assertEquals("lookup", world.log.getLast());
  }

  @Test
  void aRangeThatMovedAwayIsLookedUp() {
    know(null);
    get();
    for (int i = 0; i < 3; i++) {
      world.sent.remove().refuse(new Refusal.NoReplica(range(2, "", "", 3).id()));
    }
    pause();
    assertEquals(List.of("to 1 range 2", "to 2 range 2", "to 3 range 2", "lookup"), world.log);
  }

  @Test
  void anElectionIsNoReasonForALookup() {
    know(null);
    var get = get();
    for (int i = 0; i < 4; i++) {
      world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), null));
      world.loop.advance(100 * MILLI);
    }
    assertTrue(world.lookups.isEmpty(), world.log.toString());
    assertFalse(get.isDone() && world.sent.isEmpty());
  }

  /// It was away while the range left for others, and keeps what it had until somebody tells it.
  @Test
  void aStoreThatAloneKnowsTheRangeIsNotBelievedForEver() {
    know(null);
    var get = get();
    for (int i = 0; i < 1_000 && world.lookups.isEmpty(); i++) {
      if (world.sent.isEmpty()) {
        world.loop.advance(10 * MILLI);
        continue;
      }
      Refusal refusal =
          world.log.getLast().startsWith("to 1 ")
              ? new Refusal.NotLeader(range(2, "", "", 3), null)
              : new Refusal.NoReplica(range(2, "", "", 3).id());
      world.sent.remove().refuse(refusal);
    }
    assertFalse(world.lookups.isEmpty(), world.log.toString());
    assertFalse(get.isDone());
  }

  @Test
  void aBusyStoreIsAskedAgainNotBeforeItSaid() {
    know(store(1));
    get();
    world.sent.remove().refuse(new Refusal.Busy("mailbox", 100));
    world.loop.advance(49 * MILLI);
    assertEquals(1, world.log.size());
    world.loop.advance(60 * MILLI);
    assertEquals(List.of("to 1 range 2", "to 1 range 2"), world.log);
  }

  @Test
  void anUnreachableStoreIsPassedOver() {
    know(store(1));
    var put = put();
    world.sent.remove().onDelivery().accept(new Delivery.NotSent("connection refused"));
    world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(3)));
    world.sent.remove().reply(new KvReply.Done(new Timestamp(5)));
    assertTrue(put.isDone());
    assertEquals(List.of("to 1 range 2", "to 2 range 2", "to 3 range 2"), world.log);
  }

  /// The leader went to a store that this client was never told of: it has to ask where that is.
  @Test
  void aLeaderWithoutAnAddressLeadsToALookup() {
    know(store(1));
    var get = get();
    Refusal moved = new Refusal.NotLeader(range(2, "", "", 3), store(2));
    for (int i = 0; i < 20 && world.lookups.isEmpty(); i++) {
      while (!world.sent.isEmpty()) {
        var request = world.sent.remove();
        if (request.store().equals(store(2))) {
          request.onDelivery().accept(new Delivery.NotSent("no address is known for store 2"));
        } else {
          request.reply(new KvReply.Refused(moved));
        }
      }
      pause();
    }
    world.lookups.remove().answer(range(2, "", "", 3), store(2));
    pause();
    world.sent.remove().reply(new KvReply.Value(bytes("v")));
    assertEquals("v", text(get));
  }

  /// The others know the range and are about to elect: no need to wait for the placement group.
  @Test
  void aDeadLeaderIsNoReasonToForgetTheRange() {
    know(store(1));
    var get = get();
    Refusal nobody = new Refusal.NotLeader(range(2, "", "", 3), null);
    for (int i = 0; i < 3; i++) {
      while (!world.sent.isEmpty()) {
        var request = world.sent.remove();
        if (request.store().equals(store(1))) {
          request.onDelivery().accept(new Delivery.NotSent("connection refused"));
        } else {
          request.reply(new KvReply.Refused(nobody));
        }
      }
      pause();
    }
    assertEquals(1, world.lookups.size());
    world.sent.remove().reply(new KvReply.Value(bytes("v")));
    assertEquals("v", text(get));
  }

  @Test
  void aLostReadIsAskedAgainAndALostWriteIsNot() {
    know(store(1));
    get();
    world.sent.remove().onDelivery().accept(new Delivery.Lost("reset"));
    assertEquals(List.of("to 1 range 2", "to 2 range 2"), world.log);
    world.sent.clear();
    var put = put();
    world.sent.remove().onDelivery().accept(new Delivery.Lost("reset"));
    assertInstanceOf(OutcomeUnknownException.class, failure(put));
    pause();
    assertTrue(world.sent.isEmpty());
  }

  /// What comes after a write that a store left without an answer goes past that store for a while.
  @Test
  void aStoreThatOwesAnAnswerIsAskedLast() {
    know(store(1));
    List<String> next = new ArrayList<>();
    put()
        .whenComplete((_, _) -> {
          put();
          next.addAll(world.log.subList(1, world.log.size()));
        });
    world.sent.remove().onDelivery().accept(new Delivery.Lost("fell silent"));
    assertEquals(List.of("to 2 range 2"), next);
    world.sent.remove().reply(new KvReply.Done(new Timestamp(5)));
    var write = put();
    world.sent.remove().onDelivery().accept(new Delivery.NotSent("no connection"));
    assertFalse(write.isDone());
    assertEquals("to 3 range 2", world.log.getLast());
  }

  @Test
  void whatCameTooLateIsAskedAgainWhileThereIsTime() {
    know(store(1));
    var put = put();
    world.sent.remove().refuse(new Refusal.TooLate());
    pause();
    assertEquals(List.of("to 1 range 2", "to 1 range 2"), world.log);
    world.sent.remove().reply(new KvReply.Done(new Timestamp(5)));
    assertTrue(put.isDone());
  }

  @Test
  void anUnknownOutcomeIsTold() {
    know(store(1));
    var put = put();
    world.sent.remove().reply(new KvReply.Unknown("superseded"));
    assertInstanceOf(OutcomeUnknownException.class, failure(put));
    assertTrue(failure(put).getMessage().contains("superseded"));
  }

  @Test
  void aWriteWithoutAReplyIsUnknownAtTheDeadlineAndAReadIsLate() {
    know(store(1));
    var put = put();
    var get = get();
    world.loop.advance(DEADLINE - 1);
    assertFalse(put.isDone() || get.isDone());
    world.loop.advance(20 * MILLI);
    assertInstanceOf(OutcomeUnknownException.class, failure(put));
    assertInstanceOf(DeadlineException.class, failure(get));
    assertTrue(failure(get).getMessage().contains("store 1"), failure(get).getMessage());
  }

  @Test
  void aWriteThatWasOnlyRefusedIsDefinitelyNotDoneAtTheDeadline() {
    know(store(1));
    var put = put();
    while (!put.isDone()) {
      while (!world.sent.isEmpty()) {
        world.sent.remove().refuse(new Refusal.Busy("uncommitted bytes", 1000));
      }
      world.loop.advance(2 * MILLI);
    }
    assertInstanceOf(DeadlineException.class, failure(put));
    assertTrue(failure(put).getMessage().contains("uncommitted bytes"));
  }

  @Test
  void aFullDiskFailsTheWriteAtOnceWhereWaitingDoesNotHelp() {
    know(store(2));
    var put = put();
    world.sent.remove().refuse(new Refusal.DiskFull(store(2), 700L << 20, 1L << 30, 0));
    DiskFullException full = assertInstanceOf(DiskFullException.class, failure(put));
    assertEquals(store(2), full.store());
    assertEquals(700L << 20, full.freeBytes());
    assertEquals(1L << 30, full.limitBytes());
    String message = full.getMessage();
    assertTrue(
        message.contains("store 2 has 700 MiB free and takes data again from 1024"), message);
    assertTrue(message.contains("range 2") && message.contains("delete data"), message);
  }

  @Test
  void aFullDiskIsWaitedForWhereAnotherStoreMayLead() {
    know(store(2));
    var put = put();
    Refusal moving = new Refusal.DiskFull(store(2), 7, 9, 300);
    world.sent.remove().refuse(moving);
    assertFalse(put.isDone());
    world.loop.advance(400 * MILLI);
    world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(3)));
    world.sent.remove().reply(new KvReply.Done(new Timestamp(5)));
    assertTrue(put.isDone() && !put.isCompletedExceptionally());
    var late = put();
    while (!late.isDone()) {
      while (!world.sent.isEmpty()) {
        world.sent.remove().refuse(moving);
      }
      world.loop.advance(2 * MILLI);
    }
    assertInstanceOf(DiskFullException.class, failure(late));
  }

  @Test
  void nobodyReachedIsUnavailable() {
    know(store(1));
    var put = put();
    while (!put.isDone()) {
      while (!world.sent.isEmpty()) {
        world.sent.remove().onDelivery().accept(new Delivery.NotSent("connection refused"));
      }
      while (!world.lookups.isEmpty()) {
        world.lookups.remove().onFound().accept(new RangeLookup.Found.Failed("no leader"));
      }
      pause();
    }
    assertInstanceOf(UnavailableException.class, failure(put));
    assertTrue(failure(put).getMessage().contains("[1, 2, 3]"), failure(put).getMessage());
  }

  @Test
  void aReadDoesNotWaitForASilentStoreUntilItsDeadline() {
    long deadline = 5 * DEADLINE;
    know(store(2));
    var get = engine.get(bytes("k"), null, deadline);
    world.loop.advance(990 * MILLI);
    assertEquals(1, world.log.size());
    world.loop.advance(30 * MILLI);
    assertEquals(List.of("to 2 range 2", "to 1 range 2"), world.log);
    var silent = world.sent.remove();
    world.sent.remove().refuse(new Refusal.NotLeader(range(2, "", "", 3), store(3)));
    silent.reply(new KvReply.Value(bytes("too late")));
    assertFalse(get.isDone());
    world.sent.remove().reply(new KvReply.Value(bytes("v")));
    assertEquals("v", text(get));
  }

  @Test
  void aReplyAfterTheDeadlineDoesNoHarm() {
    know(store(1));
    var put = put();
    world.loop.advance(DEADLINE + 20 * MILLI);
    world.sent.getFirst().reply(new KvReply.Done(new Timestamp(5)));
    world.sent.remove().refuse(new Refusal.Busy("late", 1));
    pause();
    assertInstanceOf(OutcomeUnknownException.class, failure(put));
    assertTrue(world.sent.isEmpty());
  }

  @Test
  void closingEndsWhatIsUnderWayAndWhatComes() {
    know(store(1));
    var get = get();
    var put = put();
    world.router.close();
    world.loop.run();
    assertInstanceOf(ClosedException.class, failure(get));
    assertInstanceOf(OutcomeUnknownException.class, failure(put));
    assertInstanceOf(ClosedException.class, failure(get()));
  }

  @Test
  void closingEndsCallsEvenIfTheLoopIsGoneAndMayBeRepeated() {
    know(store(1));
    var get = get();
    pause();
    world.loop.close();
    world.router.close();
    world.router.close();
    assertTrue(get.isCompletedExceptionally());
  }

  @Test
  void finalRepliesBecomeExceptions() {
    know(store(1));
    var batch = engine.write(new WriteBatch().put(bytes("a"), bytes("1")), DEADLINE);
    world.sent.remove().reply(new KvReply.MultiRange(List.of(range(2, "", "m", 4))));
    assertInstanceOf(MultiRangeBatchException.class, failure(batch));
    var get = engine.get(bytes("a"), new Snapshot(new Timestamp(4)), DEADLINE);
    world.sent.remove().reply(new KvReply.TooOld(new Timestamp(8)));
    assertInstanceOf(SnapshotTooOldException.class, failure(get));
    var rejected = put();
    world.sent.remove().reply(new KvReply.Rejected("no"));
    assertInstanceOf(RejectedException.class, failure(rejected));
    var strange = put();
    world.sent.remove().reply(new KvReply.Value(null));
    assertInstanceOf(RejectedException.class, failure(strange));
  }

  @Test
  void limitsAreCheckedBeforeAnythingIsSent() {
    byte[] key = new byte[Limits.KEY_BYTES_MAX + 1];
    byte[] value = new byte[Limits.VALUE_BYTES_MAX + 1];
    assertThrows(TooLargeException.class, () -> engine.get(key, null, DEADLINE));
    assertThrows(TooLargeException.class, () -> engine.put(bytes(""), bytes("v"), DEADLINE));
    assertThrows(TooLargeException.class, () -> engine.put(bytes("k"), value, DEADLINE));
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < 5; i++) {
      batch.put(bytes("k" + i), new byte[Limits.VALUE_BYTES_MAX]);
    }
    assertThrows(TooLargeException.class, () -> engine.write(batch, DEADLINE));
    WriteBatch tiny = new WriteBatch();
    for (int i = 0; i <= Limits.BATCH_BYTES_MAX / Limits.WRITE_OVERHEAD_BYTES; i++) {
      tiny.delete(bytes("k"));
    }
    assertThrows(TooLargeException.class, () -> engine.write(tiny, DEADLINE));
    assertTrue(engine.write(new WriteBatch(), DEADLINE).isDone());
    assertTrue(world.log.isEmpty());
  }

  @Test
  void snapshotsAreDrawnTogetherAndAgainAfterAFailure() {
    var first = engine.snapshot(DEADLINE);
    var second = engine.snapshot(DEADLINE);
    var third = engine.snapshot(DEADLINE);
    assertEquals(1, world.draws.size());
    world.draws.remove().accept(new SnapshotSource.Drawn.Failed("no placement leader"));
    world.drawn(7);
    assertEquals(7, second.join().timestamp().value());
    assertEquals(7, third.join().timestamp().value());
    assertFalse(first.isDone());
    pause();
    world.drawn(8);
    assertEquals(8, first.join().timestamp().value());
  }

  private static EngineException failure(CompletableFuture<?> future) {
    assertTrue(future.isCompletedExceptionally(), "it did not fail: " + future);
    return assertInstanceOf(EngineException.class, future.exceptionNow());
  }

  private static String text(CompletableFuture<Optional<byte[]>> future) {
    return future.join().map(value -> new String(value, UTF_8)).orElse("none");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
