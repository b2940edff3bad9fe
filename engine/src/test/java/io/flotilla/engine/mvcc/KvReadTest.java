package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.replica.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The newest values: linearizable by lease or barrier, from memory or disk.
class KvReadTest {
  private final Bench bench = new Bench();

  @BeforeEach
  void someData() {
    bench.put("a", "1");
    bench.put("b", "2");
    bench.put("a", "3");
    bench.settle();
  }

  @Test
  void leaseAndMemoryAnswerAtOnce() {
    assertEquals("3", bench.get("a").toString());
    assertEquals("none", bench.get("c").toString());
    assertEquals("[2, none, 3]", bench.multiGet(Long.MAX_VALUE, "b", "c", "a").toString());
  }

  @Test
  void whatIsUnderWayIsNotRead() {
    Bench.Answer put = bench.put("a", "4");
    bench.draw();
    assertEquals("-", put.toString());
    assertEquals("3", bench.get("a").toString());
    bench.range.applyAll();
    assertEquals("done", put.toString());
    assertEquals("4", bench.get("a").toString());
  }

  @Test
  void withoutLeaseABarrierProvesCurrency() {
    bench.range.lease = false;
    Bench.Answer get = bench.get("a");
    assertEquals("-", get.toString());
    bench.range.passBarrier();
    assertEquals("3", get.toString());
  }

  @Test
  void aRefusedBarrierRefusesTheRead() {
    bench.range.lease = false;
    Bench.Answer get = bench.get("a");
    bench.range.refuseBarrier();
    assertEquals("refused: NotLeader", get.toString());
  }

  @Test
  void aLeaseThatEndsDuringTheReadIsReplacedByABarrier() {
    bench.range.loseLeaseAfterChecks = bench.range.leaseChecks + 1;
    Bench.Answer get = bench.get("a");
    assertEquals("-", get.toString());
    bench.range.passBarrier();
    assertEquals("3", get.toString());
  }

  @Test
  void theDiskIsReadOnThePoolAndTheLeaseCheckedAfterwards() {
    bench.state.setCold(true);
    Bench.Answer get = bench.get("a");
    bench.loop.run();
    assertEquals("-", get.toString());
    bench.range.lease = false;
    bench.read();
    assertEquals("-", get.toString());
    bench.range.passBarrier();
    assertEquals("3", get.toString());
  }

  @Test
  void leadershipLostDuringADiskReadRefusesIt() {
    bench.state.setCold(true);
    Bench.Answer get = bench.get("a");
    bench.machine.onLeadershipLost();
    bench.machine.onLeadership(2);
    bench.read();
    assertEquals("refused: NotLeader", get.toString());
  }

  @Test
  void aFullPoolIsBusy() {
    bench.state.setCold(true);
    for (int i = 0; i < 4; i++) {
      bench.get("a");
    }
    assertEquals("refused: Busy", bench.get("a").toString());
    bench.read();
    assertEquals("-", bench.get("a").toString());
  }

  @Test
  void aKeyOutsideTheRangeIsAnsweredWithTheDescriptors() {
    bench.range.become(FakeRange.descriptor(2, "", "b", 4));
    bench.range.others = java.util.List.of(FakeRange.descriptor(9, "b", "", 4));
    Bench.Answer get = bench.get("b");
    KvReply.Refused refused = (KvReply.Refused) get.replies.getFirst();
    Refusal.StaleRange stale = (Refusal.StaleRange) refused.refusal();
    assertEquals(bench.range.others, stale.current());
  }

  @Test
  void aSplitDuringADiskReadRefusesIt() {
    bench.state.setCold(true);
    Bench.Answer get = bench.get("b");
    bench.range.become(FakeRange.descriptor(2, "", "b", 4));
    bench.read();
    assertEquals("refused: StaleRange", get.toString());
  }

  @Test
  void aSplitBeforeTheBarrierIsOverRefusesTheRead() {
    bench.range.lease = false;
    Bench.Answer get = bench.get("b");
    bench.range.become(FakeRange.descriptor(2, "", "b", 4));
    bench.range.passBarrier();
    assertEquals("refused: StaleRange", get.toString());
  }

  @Test
  void aGetByIndexNeedsABarrierInSpiteOfTheLease() {
    Bench.Answer get = bench.indexGet("a", false);
    assertEquals("-", get.toString());
    bench.range.passBarrier();
    assertEquals("3", get.toString());
  }

  @Test
  void aFollowerAnswersOnceItsLeaderHasSaidHowFar() {
    bench.machine.onLeadershipLost();
    Bench.Answer get = bench.indexGet("a", true);
    assertEquals("-", get.toString());
    bench.range.passBarrier();
    assertEquals("3", get.toString());
    Bench.Answer refused = bench.indexGet("a", true);
    bench.range.refuseBarrier();
    assertEquals("refused: NotLeader", refused.toString());
    assertEquals("refused: NotLeader", bench.indexGet("a", false).toString());
  }

  @Test
  void aFollowersReadIsVoidIfItsStateWasReplacedMeanwhile() {
    bench.machine.onLeadershipLost();
    bench.state.setCold(true);
    Bench.Answer get = bench.indexGet("a", true);
    bench.range.passBarrier();
    bench.range.stateNumber++;
    bench.read();
    assertEquals("refused: NotLeader", get.toString());
    Bench.Answer old = bench.indexGet("a", true);
    bench.range.stateNumber++;
    bench.range.passBarrier();
    assertEquals("refused: NotLeader", old.toString());
    Bench.Answer late = bench.indexGet("a", true);
    bench.range.stateNumber = 0;
    bench.range.passBarrier();
    assertEquals("refused: NotLeader", late.toString());
  }

  @Test
  void aFollowersReadOfAKeyThatWasSplitOffIsRefused() {
    bench.machine.onLeadershipLost();
    bench.state.setCold(true);
    Bench.Answer get = bench.indexGet("b", true);
    bench.range.passBarrier();
    bench.range.become(FakeRange.descriptor(2, "", "b", 4));
    bench.read();
    assertEquals("refused: StaleRange", get.toString());
  }

  @Test
  void nobodyIsServedWithoutLeadership() {
    bench.machine.onLeadershipLost();
    assertEquals("refused: NotLeader", bench.get("a").toString());
    assertEquals("refused: NotLeader", bench.put("a", "9").toString());
  }
}
