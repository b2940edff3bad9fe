package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.placement.PlacementRequest.ListStores;
import io.flotilla.placement.Policy;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.replica.Refusal.Unavailable;
import io.flotilla.spi.EventSink;
import org.junit.jupiter.api.Test;

/// A leader that cannot begin to serve: it tries again, says why, and hands over when it takes
/// long.
class PlacementLoadingTest {
  private static final long DAY = 24L * 3_600_000;

  private final MachineBench bench = new MachineBench();

  @Test
  void aStateThatCannotBeReadIsReadAgain() {
    bench.range.unreadable = "sector 7 is bad";
    bench.lead();
    Unavailable refused =
        assertInstanceOf(Unavailable.class, bench.ask(new ListStores()).refusal());
    assertTrue(refused.reason().contains("sector 7"), refused::reason);
    bench.range.runFor(4_000);
    assertEquals(1, bench.events(PlacementEvent.CannotServe.class).size(), "told once");
    bench.range.unreadable = null;
    bench.range.runFor(4_000);
    assertNull(bench.ask(new ListStores()).refusal());
    assertEquals(1, bench.events(PlacementEvent.ServesAgain.class).size());
  }

  @Test
  void anotherReasonIsTold() {
    bench.range.unreadable = "sector 7 is bad";
    bench.lead();
    bench.range.unreadable = "sector 8 is bad, too";
    bench.range.runFor(1_000);
    assertEquals(2, bench.events(PlacementEvent.CannotServe.class).size());
  }

  @Test
  void whoCannotServeForLongHandsOver() {
    bench.range.voters = 3;
    bench.range.unreadable = "sector 7 is bad";
    bench.lead();
    bench.range.runFor(9_000);
    assertEquals(0, bench.range.resigned);
    bench.range.runFor(2_000);
    assertEquals(1, bench.range.resigned);
    bench.range.runFor(600_000);
    int resigned = bench.range.resigned;
    assertTrue(resigned > 3 && resigned < 12, "again and again, more and more seldom: " + resigned);
    bench.machine.onLeadershipLost();
    bench.range.runFor(600_000);
    assertEquals(resigned, bench.range.resigned);
    assertInstanceOf(NotLeader.class, bench.ask(new ListStores()).refusal());
  }

  @Test
  void aReadThatNeverEndsIsNoReasonToLeadForEver() {
    bench.range.voters = 3;
    PlacementMachine stuck =
        new PlacementMachine(
            bench.range,
            (from, to, onRead, onFailed) -> {},
            bench.range,
            EventSink.NONE,
            PlacementOptions.of("c1", Policy.DEFAULT));
    stuck.onLeadership(1);
    assertInstanceOf(Busy.class, FakeCall.serve(stuck, new ListStores()).refusal());
    bench.range.runFor(11_000);
    assertEquals(1, bench.range.resigned);
  }

  @Test
  void aSoleVoterHasNobodyToHandTo() {
    bench.range.unreadable = "sector 7 is bad";
    bench.lead();
    bench.range.runFor(60_000);
    assertEquals(0, bench.range.resigned);
    assertEquals(0, bench.events(PlacementEvent.HandingOver.class).size());
  }

  @Test
  void aClockThatIsSetRightIsBelieved() {
    bench.lead();
    bench.draw();
    bench.range.wallMillis += 500 * DAY + DAY / 2;
    MachineBench later = bench;
    PlacementMachine restarted =
        new PlacementMachine(
            later.range,
            later.range,
            later.range,
            later.events::add,
            PlacementOptions.of("c1", Policy.DEFAULT));
    restarted.onLeadership(2);
    Unavailable refused =
        assertInstanceOf(Unavailable.class, FakeCall.serve(restarted, new ListStores()).refusal());
    assertTrue(refused.reason().contains("set the clock"), refused::reason);
    bench.range.runFor(8_000);
    assertEquals(1, bench.events(PlacementEvent.CannotServe.class).size(), bench.events::toString);
    bench.range.wallMillis -= 500 * DAY + DAY / 2;
    bench.range.runFor(6_000);
    assertNull(FakeCall.serve(restarted, new ListStores()).refusal());
  }

  @Test
  void anAttemptOfAnEarlierLeadershipChangesNothing() {
    bench.range.unreadable = "sector 7 is bad";
    bench.lead();
    bench.machine.onLeadershipLost();
    bench.range.unreadable = null;
    bench.range.runFor(20_000);
    assertInstanceOf(NotLeader.class, bench.ask(new ListStores()).refusal());
    bench.lead();
    assertNull(bench.ask(new ListStores()).refusal());
  }
}
