package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Compare-and-set: pipelined on a hot key, and never a reply that rests on what may not be.
class KvCompareAndSetTest {
  private final Bench bench = new Bench();

  @Test
  void aHotKeyIsPipelined() {
    Bench.Answer first = bench.cas("k", null, "1");
    Bench.Answer second = bench.cas("k", "1", "2");
    Bench.Answer third = bench.cas("k", "2", "3");
    bench.draw();
    assertEquals(3, bench.range.proposals());
    bench.range.applyNext();
    assertEquals("swapped - -", first + " " + second + " " + third);
    bench.range.applyAll();
    assertEquals("swapped swapped swapped", first + " " + second + " " + third);
    assertEquals("3", bench.get("k").toString());
  }

  @Test
  void aMismatchWithAWriteUnderWayIsToldOnceThatIsApplied() {
    Bench.Answer put = bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", null, "2");
    bench.draw();
    assertEquals(1, bench.range.proposals());
    assertEquals("- -", put + " " + swap);
    bench.range.applyNext();
    assertEquals("done not swapped", put + " " + swap);
  }

  @Test
  void aMismatchWithAWriteThatIsRefusedIsNotTold() {
    bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", null, "2");
    bench.draw();
    bench.range.loseAll(new ProposalOutcome.Refused(new Refusal.Unavailable("stopping")));
    assertEquals("refused: Unavailable", swap.toString());
  }

  @Test
  void aMismatchWithAWriteOfUnknownFateIsDefinitelyNotDone() {
    Bench.Answer put = bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", null, "2");
    bench.draw();
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    assertEquals("unknown refused: NotLeader", put + " " + swap);
  }

  @Test
  void aMatchWithAWriteOfUnknownFateIsUnknownItself() {
    Bench.Answer put = bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", "1", "2");
    bench.draw();
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    assertEquals("unknown unknown", put + " " + swap);
  }

  @Test
  void aMismatchIsAReadAndNeedsLeaseOrBarrier() {
    bench.put("k", "1");
    bench.settle();
    bench.range.lease = false;
    Bench.Answer swap = bench.cas("k", "0", "2");
    bench.draw();
    assertEquals("-", swap.toString());
    bench.range.passBarrier();
    assertEquals("not swapped", swap.toString());
  }

  @Test
  void aMismatchOfADeposedLeaderIsRefused() {
    bench.put("k", "1");
    bench.settle();
    bench.range.lease = false;
    Bench.Answer swap = bench.cas("k", "0", "2");
    bench.draw();
    bench.range.refuseBarrier();
    assertEquals("refused: NotLeader", swap.toString());
  }

  @Test
  void aMismatchToldAfterTheWriteNeedsTheLeaseThen() {
    bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", null, "2");
    bench.draw();
    bench.range.lease = false;
    bench.range.applyNext();
    assertEquals("-", swap.toString());
    bench.range.passBarrier();
    assertEquals("not swapped", swap.toString());
  }

  @Test
  void theLossOfLeadershipRefusesThoseWhoWaitAtOnce() {
    Bench.Answer put = bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", null, "2");
    bench.draw();
    bench.machine.onLeadershipLost();
    assertEquals("- refused: NotLeader", put + " " + swap);
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    assertEquals("unknown refused: NotLeader", put + " " + swap);
  }

  @Test
  void anOverlayOfAnEarlierLeadershipIsVoid() {
    bench.put("k", "1");
    bench.draw();
    bench.machine.onLeadershipLost();
    bench.machine.onLeadership(5);
    Bench.Answer swap = bench.cas("k", null, "2");
    bench.draw();
    assertEquals(2, bench.range.proposals());
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    assertEquals("unknown", swap.toString());
  }

  @Test
  void aColdKeyIsReadOnceForAllAndEvaluatedThen() {
    bench.put("k", "1");
    bench.settle();
    bench.state.setCold(true);
    Bench.Answer right = bench.cas("k", "1", "2");
    Bench.Answer wrong = bench.cas("k", "1", "3");
    bench.draw();
    assertEquals(0, bench.range.proposals());
    bench.settle();
    assertEquals("swapped not swapped", right + " " + wrong);
  }

  @Test
  void aWriteDuringTheDiskReadMakesItVoid() {
    bench.put("k", "1");
    bench.settle();
    bench.state.setCold(true);
    Bench.Answer swap = bench.cas("k", "1", "3");
    bench.draw();
    Bench.Answer put = bench.put("k", "2");
    bench.draw();
    assertEquals(1, bench.range.proposals());
    bench.settle();
    assertEquals("done not swapped", put + " " + swap);
    bench.state.setCold(false);
    assertEquals("2", bench.get("k").toString());
  }

  @Test
  void whatWasReadAndThenOverwrittenIsNotUsed() {
    bench.put("k", "1");
    bench.settle();
    bench.state.setCold(true);
    Bench.Answer swap = bench.cas("k", "1", "3");
    bench.draw();
    bench.read();
    Bench.Answer put = bench.put("k", "2");
    bench.settle();
    bench.state.setCold(false);
    bench.settle();
    assertEquals("swapped done", swap + " " + put);
    assertEquals("2", bench.get("k").toString());
  }

  @Test
  void aWriteAppliedBetweenTheDiskReadAndTheEvaluationMakesItVoid() {
    bench.put("k", "1");
    bench.settle();
    bench.state.setCold(true);
    Bench.Answer swap = bench.cas("k", "1", "3");
    bench.draw();
    Bench.Answer put = bench.put("k", "2");
    bench.loop.run();
    bench.read();
    bench.oracle.answer();
    bench.range.applyAll();
    assertEquals("done -", put + " " + swap);
    bench.settle();
    assertEquals("not swapped", swap.toString());
  }

  @Test
  void whatWasReadUnderAnEarlierLeadershipIsNotUsed() {
    bench.put("k", "1");
    bench.settle();
    bench.state.setCold(true);
    Bench.Answer first = bench.cas("k", "1", "3");
    bench.draw();
    bench.read();
    bench.machine.onLeadershipLost();
    byte[] key = StateLayout.versionKey(Bench.bytes("k"), bench.now());
    byte[] stored = Version.encode(Bench.bytes("2"));
    bench.range.applyElsewhere(List.of(new StateWrite(key, stored)));
    bench.machine.onLeadership(2);
    Bench.Answer second = bench.cas("k", "1", "3");
    bench.settle();
    assertEquals("refused: NotLeader not swapped", first + " " + second);
  }

  @Test
  void aFullReadPoolIsBusy() {
    bench.state.setCold(true);
    for (int i = 0; i < 4; i++) {
      bench.get("x" + i);
    }
    Bench.Answer swap = bench.cas("k", "1", "3");
    bench.draw();
    assertEquals("refused: Busy", swap.toString());
  }

  @Test
  void deleteByCompareAndSet() {
    bench.put("k", "1");
    Bench.Answer swap = bench.cas("k", "1", null);
    bench.settle();
    assertEquals("swapped", swap.toString());
    assertEquals("none", bench.get("k").toString());
  }
}
