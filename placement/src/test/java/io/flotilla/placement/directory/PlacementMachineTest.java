package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.PlacementReply.Ids;
import io.flotilla.placement.PlacementReply.PolicySet;
import io.flotilla.placement.PlacementReply.Reason;
import io.flotilla.placement.PlacementReply.Registered;
import io.flotilla.placement.PlacementReply.Rejected;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.PlacementReply.Stores;
import io.flotilla.placement.PlacementReply.Timestamps;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.PlacementRequest.AllocateIds;
import io.flotilla.placement.PlacementRequest.DrawTimestamps;
import io.flotilla.placement.PlacementRequest.IdKind;
import io.flotilla.placement.PlacementRequest.ListStores;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.placement.PlacementRequest.SetPolicy;
import io.flotilla.placement.PlacementRequest.StoreReport;
import io.flotilla.placement.Policy;
import io.flotilla.placement.RangeNews;
import io.flotilla.placement.StoreStats;
import io.flotilla.placement.StoreStatus;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Refused;
import io.flotilla.replica.RangeAccess.ProposalOutcome.Unknown;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.replica.Refusal.Unavailable;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventSink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementMachineTest {
  private final FakeRange range = new FakeRange();
  private final List<EventSink.Event> events = new ArrayList<>();
  private final PlacementMachine machine = machine("c1");
  private long term;
  private long receipt;

  private PlacementMachine machine(String cluster) {
    return new PlacementMachine(
        range, range, range, events::add, PlacementOptions.of(cluster, Policy.DEFAULT));
  }

  private void lead() {
    term++;
    machine.onLeadership(term);
  }

  private FakeCall ask(PlacementRequest request) {
    return FakeCall.serve(machine, request);
  }

  private Timestamps draw(int count) {
    return ask(new DrawTimestamps(count)).as(Timestamps.class);
  }

  private FakeCall register(String cluster, String instance, long existing) {
    StoreId id = existing == 0 ? null : new StoreId(existing);
    return ask(
        new RegisterStore(cluster, instance, "host:" + instance, List.of(), "v", "fsync", id));
  }

  private Reported report(long store) {
    return report(store, DiskStage.ROOMY);
  }

  private Reported report(long store, DiskStage disk) {
    RangeNews news = new RangeNews(RangeNews.Stretch.ALL, List.of(), List.of(), List.of());
    StoreStats stats = new StoreStats(1 << 30, 0, 0, disk);
    Reported reply =
        ask(new StoreReport(new StoreId(store), "host:a", stats, 0, receipt, news))
            .as(Reported.class);
    receipt = reply.receipt();
    return reply.taken() ? reply : report(store, disk);
  }

  @Test
  void onlyTheLeaderAnswers() {
    assertInstanceOf(NotLeader.class, ask(new ListStores()).refusal());
    lead();
    assertNull(ask(new ListStores()).refusal());
    machine.onLeadershipLost();
    assertInstanceOf(NotLeader.class, ask(new ListStores()).refusal());
  }

  @Test
  void whoReportsHearsWhichStoresHaveNoRoom() {
    lead();
    register("c1", "a", 1);
    register("c1", "b", 0);
    assertEquals(List.of(), report(1).withoutRoom());
    assertEquals(List.of(new StoreId(2)), report(2, DiskStage.LOW).withoutRoom());
    assertEquals(List.of(new StoreId(2)), report(1).withoutRoom());
    assertEquals(
        List.of(new StoreId(1), new StoreId(2)), report(1, DiskStage.EXHAUSTED).withoutRoom());
    List<StoreStatus> stores = ask(new ListStores()).as(Stores.class).stores();
    assertEquals(DiskStage.LOW, stores.get(1).stats().disk());
    assertEquals(0, stores.get(1).stats().bytesForReplicas());
    assertEquals(List.of(new StoreId(1)), report(2).withoutRoom());
    assertEquals(1 << 29, new StoreStats(1 << 30, 0, 0).bytesForReplicas());
  }

  @Test
  void readsTheStateBeforeItAnswers() {
    List<Runnable> pending = new ArrayList<>();
    PlacementMachine slow =
        new PlacementMachine(
            range,
            (from, to, onRead, onFailed) ->
                pending.add(() -> range.scan(from, to, onRead, onFailed)),
            range,
            EventSink.NONE,
            PlacementOptions.of("c1", Policy.DEFAULT));
    slow.onLeadership(1);
    assertInstanceOf(Busy.class, FakeCall.serve(slow, new ListStores()).refusal());
    slow.onLeadershipLost();
    slow.onLeadership(2);
    pending.removeFirst().run();
    assertInstanceOf(Busy.class, FakeCall.serve(slow, new ListStores()).refusal(), "of term 1");
    pending.removeFirst().run();
    assertNull(FakeCall.serve(slow, new ListStores()).refusal());
  }

  @Test
  void drawsAreAnsweredOnceAWindowIsCommitted() {
    range.commitAtOnce = false;
    lead();
    FakeCall early = ask(new DrawTimestamps(5));
    assertFalse(early.isAnswered());
    range.commit();
    long first = early.as(Timestamps.class).first().value();
    assertEquals(Timestamp.atMillis(range.wallMillis).value(), first);
    assertEquals(first + 5, draw(1).first().value());
  }

  @Test
  void whatWaitsForAWindowIsBounded() {
    range.commitAtOnce = false;
    lead();
    List<FakeCall> calls = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      calls.add(ask(new DrawTimestamps(1)));
    }
    assertInstanceOf(Busy.class, ask(new DrawTimestamps(1)).refusal());
    range.commit();
    assertTrue(calls.stream().allMatch(FakeCall::isAnswered));
  }

  @Test
  void whatWaitsForIdsIsBounded() {
    range.commitAtOnce = false;
    lead();
    List<FakeCall> calls = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      calls.add(ask(new AllocateIds(IdKind.PEER, 1)));
    }
    assertInstanceOf(Busy.class, ask(new AllocateIds(IdKind.PEER, 1)).refusal());
    assertFalse(ask(new AllocateIds(IdKind.RANGE, 1)).isAnswered()); // each kind has its own queue
    range.commit();
    assertTrue(calls.stream().allMatch(FakeCall::isAnswered));
  }

  @Test
  void aWindowThatIsRefusedRefusesWhoWaits() {
    range.commitAtOnce = false;
    lead();
    FakeCall waits = ask(new DrawTimestamps(1));
    range.lose(new Refused(new Busy("log", 5)), false);
    assertInstanceOf(Busy.class, waits.refusal());
    FakeCall again = ask(new DrawTimestamps(1));
    range.lose(new Unknown("who knows"), true);
    assertInstanceOf(Unavailable.class, again.refusal());
    FakeCall third = ask(new DrawTimestamps(1));
    range.commit();
    third.as(Timestamps.class);
  }

  @Test
  void withoutALeaseABarrierBegunAfterTheDrawProvesIt() {
    lead();
    range.lease = false;
    FakeCall first = ask(new DrawTimestamps(1));
    FakeCall second = ask(new DrawTimestamps(1));
    FakeCall third = ask(new DrawTimestamps(1));
    assertEquals(1, range.barriersUnderWay(), "one at a time");
    range.proveBarrier();
    long drawn = first.as(Timestamps.class).first().value();
    assertFalse(second.isAnswered(), "drawn after that barrier began");
    assertEquals(1, range.barriersUnderWay());
    range.proveBarrier();
    assertEquals(drawn + 1, second.as(Timestamps.class).first().value());
    assertEquals(drawn + 2, third.as(Timestamps.class).first().value());
    assertEquals(0, range.barriersUnderWay());
  }

  @Test
  void aDeposedLeaderFallsSilent() {
    lead();
    range.lease = false;
    FakeCall drawn = ask(new DrawTimestamps(1));
    FakeCall queued = ask(new DrawTimestamps(1));
    machine.onLeadershipLost();
    assertInstanceOf(NotLeader.class, queued.refusal());
    range.refuseBarrier(new NotLeader(range.descriptor(), null));
    assertInstanceOf(NotLeader.class, drawn.refusal());
  }

  /// Its successor may have let the store in.
  @Test
  void aDeposedLeaderTurnsNoStoreAway() {
    lead();
    range.lease = false;
    FakeCall stranger = register("c1", "z", 9);
    FakeCall removal = ask(new PlacementRequest.RemoveStore(new StoreId(9)));
    assertFalse(stranger.isAnswered());
    range.refuseBarrier(new NotLeader(range.descriptor(), null));
    assertInstanceOf(NotLeader.class, stranger.refusal());
    range.proveBarrier();
    assertEquals(Reason.UNKNOWN_STORE, removal.as(Rejected.class).reason());
  }

  /// Its successor may have given out higher ids, which stores take for those of newer peers.
  @Test
  void aDeposedLeaderGivesOutNoIds() {
    lead();
    range.lease = false;
    FakeCall ids = ask(new AllocateIds(IdKind.PEER, 1));
    assertFalse(ids.isAnswered());
    range.refuseBarrier(new NotLeader(range.descriptor(), null));
    assertInstanceOf(NotLeader.class, ids.refusal());
  }

  @Test
  void timestampsGoOnAcrossLeadersAndJumpsOfTheClock() {
    lead();
    long before = draw(100).first().value() + 99;
    range.wallMillis -= 1_000_000;
    assertTrue(draw(1).first().value() > before);
    before = draw(1).first().value();
    lead();
    assertTrue(draw(1).first().value() > before);
    range.wallMillis += 50L * 3_600_000;
    long after = draw(1).first().value();
    assertTrue(after - before < 60_000L << Timestamp.COUNTER_BITS, "the jump is not followed");
    assertEquals(1, events.stream().filter(PlacementEvent.ClockRefused.class::isInstance).count());
  }

  @Test
  void anIdleOracleWritesNothing() {
    lead();
    register("c1", "a", 1);
    draw(1);
    range.advance(60_000);
    report(1);
    int writes = range.writes();
    for (int i = 0; i < 3_600; i++) {
      range.advance(1_000);
      report(1);
    }
    assertEquals(writes, range.writes());
  }

  @Test
  void idsComeFromCommittedBlocksAndNeverTwice() {
    range.commitAtOnce = false;
    lead();
    FakeCall early = ask(new AllocateIds(IdKind.RANGE, 5));
    assertFalse(early.isAnswered());
    range.commit();
    assertEquals(new Ids(3, 5), early.as(Ids.class));
    range.commitAtOnce = true;
    assertEquals(new Ids(8, 1_000), ask(new AllocateIds(IdKind.RANGE, 1_000)).as(Ids.class));
    assertEquals(new Ids(10, 1), ask(new AllocateIds(IdKind.PEER, 1)).as(Ids.class));
    lead();
    assertTrue(ask(new AllocateIds(IdKind.RANGE, 1)).as(Ids.class).first() >= 1_008);
    assertTrue(ask(new AllocateIds(IdKind.PEER, 1)).as(Ids.class).first() >= 11);
  }

  @Test
  void storesGetIdsOnceAndKeepThem() {
    lead();
    assertEquals(1, register("c1", "a", 1).as(Registered.class).store().value());
    assertEquals(2, register("c1", "b", 0).as(Registered.class).store().value());
    assertEquals(2, register("c1", "b", 0).as(Registered.class).store().value(), "lost reply");
    lead();
    assertEquals(3, register("c1", "c", 0).as(Registered.class).store().value());
    Registered known = register("c1", "b", 2).as(Registered.class);
    assertEquals(2, known.store().value());
    assertEquals(3, known.stores().size());
  }

  @Test
  void whoJoinsBeforeTheFounderIsNotTakenForIt() {
    lead();
    assertEquals(2, register("c1", "b", 0).as(Registered.class).store().value());
    assertEquals(1, register("c1", "a", 1).as(Registered.class).store().value());
  }

  @Test
  void strangersAreTurnedAway() {
    lead();
    register("c1", "a", 1);
    assertEquals(Reason.WRONG_CLUSTER, register("c2", "x", 0).as(Rejected.class).reason());
    assertEquals(Reason.UNKNOWN_STORE, register("c1", "x", 7).as(Rejected.class).reason());
    assertEquals(Reason.INVALID, register("c1", "x", 1).as(Rejected.class).reason());
  }

  @Test
  void aRegistrationOfUnknownOutcomeMayBeRepeated() {
    lead();
    range.commitAtOnce = false;
    FakeCall first = register("c1", "b", 0);
    assertInstanceOf(Busy.class, register("c1", "b", 0).refusal(), "one at a time");
    range.lose(new Unknown("leadership moved"), true);
    assertEquals(Reason.OUTCOME_UNKNOWN, first.as(Rejected.class).reason());
    FakeCall other = register("c1", "c", 0);
    FakeCall again = register("c1", "b", 0);
    range.commit();
    assertEquals(3, other.as(Registered.class).store().value(), "2 may have been given out");
    assertEquals(4, again.as(Registered.class).store().value());
  }

  @Test
  void aStoreThatMovedIsFoundThereAfterAChangeOfLeader() {
    lead();
    register("c1", "b", 1);
    report(1);
    lead();
    assertEquals("host:a", report(1).stores().getFirst().address());
  }

  @Test
  void thePolicyOutlivesItsLeader() {
    lead();
    register("c1", "a", 1);
    Policy wanted = new Policy(5, 1 << 20, 60_000);
    ask(new SetPolicy(wanted)).as(PolicySet.class);
    lead();
    assertEquals(wanted, report(1).policy());
  }

  @Test
  void stateOfAnotherClusterIsNotServed() {
    lead();
    PlacementMachine foreign = machine("c2");
    foreign.onLeadership(9);
    Unavailable refused =
        assertInstanceOf(Unavailable.class, FakeCall.serve(foreign, new ListStores()).refusal());
    assertTrue(refused.reason().contains("c1"));
  }

  @Test
  void aStartWithAClockFarAheadIsRefusedWithAdvice() {
    lead();
    range.advance(500L * 24 * 3_600_000);
    lead();
    Unavailable refused = assertInstanceOf(Unavailable.class, ask(new DrawTimestamps(1)).refusal());
    assertTrue(refused.reason().contains("set the clock"));
  }
}
