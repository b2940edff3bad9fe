package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.Limits;
import io.flotilla.engine.mvcc.KvRequest.Batch;
import io.flotilla.engine.mvcc.KvRequest.Mutation;
import io.flotilla.engine.mvcc.KvRequest.Put;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Puts, deletes and batches: timestamps, order, limits, outcomes.
class KvWriteTest {
  private final Bench bench = new Bench();

  @Test
  void oneRequestToTheOracleServesAllWhoWait() {
    bench.put("a", "1");
    bench.put("b", "1");
    bench.loop.run();
    assertEquals(2, bench.oracle.nextCount());
    bench.put("c", "1");
    bench.put("d", "1");
    bench.put("e", "1");
    assertEquals(1, bench.oracle.pending());
    bench.oracle.answer();
    assertEquals(3, bench.oracle.nextCount());
  }

  @Test
  void timestampsAreDrawnAfterTheWriteCame() {
    long before = bench.now();
    Bench.Answer put = bench.put("a", "1");
    bench.settle();
    KvReply.Done done = (KvReply.Done) put.replies.getFirst();
    assertTrue(done.at().value() > before);
  }

  /// The oracle was away so long that nobody waits for the write any more.
  @Test
  void aWriteThatIsTooLateWhenItsTimestampComesIsNotDone() {
    Bench.Answer put = bench.put("a", "1");
    bench.loop.run();
    bench.late = true;
    bench.oracle.answer();
    bench.settle();
    assertEquals(List.of(new KvReply.Refused(new Refusal.TooLate())), put.replies);
    bench.late = false;
    Bench.Answer get = bench.get("a");
    bench.settle();
    assertEquals("none", get.toString());
  }

  @Test
  void noReplyLeavesBeforeTheWriteIsApplied() {
    Bench.Answer put = bench.put("a", "1");
    bench.draw();
    assertEquals(1, bench.range.proposals());
    assertEquals("-", put.toString());
    bench.range.applyNext();
    assertEquals("done", put.toString());
  }

  @Test
  void aTimestampIsClaimedOnceAndAboveAllReadsAndWrites() {
    Leadership leadership = new Leadership(bench.range, bench.environment);
    leadership.begin();
    leadership.raiseHighWater(100);
    assertFalse(leadership.claim(99));
    assertFalse(leadership.claim(100));
    assertTrue(leadership.claim(102));
    assertFalse(leadership.claim(101));
    assertFalse(leadership.claim(102));
  }

  @Test
  void aSnapshotStaysAsItWasWhateverIsWrittenLater() {
    bench.put("a", "old");
    bench.settle();
    long snapshot = bench.now();
    Bench.Answer before = bench.get("a", snapshot);
    bench.put("a", "new");
    bench.settle();
    Bench.Answer after = bench.get("a", snapshot);
    bench.settle();
    assertEquals("old old new", before + " " + after + " " + bench.get("a"));
  }

  @Test
  void aRefusedProposalIsDefinitelyNotDone() {
    bench.range.refuseProposals = true;
    Bench.Answer put = bench.put("a", "1");
    bench.draw();
    assertEquals("refused: Busy", put.toString());
    bench.range.refuseProposals = false;
    Bench.Answer swap = bench.cas("a", null, "2");
    bench.settle();
    assertEquals("swapped", swap.toString());
  }

  @Test
  void aSupersededLeadersWriteIsUnknown() {
    Bench.Answer put = bench.put("a", "1");
    bench.draw();
    bench.machine.onLeadershipLost();
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    assertEquals("unknown", put.toString());
  }

  @Test
  void aWriteThatWaitedAcrossAChangeOfLeadershipIsRefused() {
    Bench.Answer put = bench.put("a", "1");
    bench.loop.run();
    bench.machine.onLeadershipLost();
    bench.machine.onLeadership(3);
    bench.oracle.answer();
    assertEquals("refused: NotLeader", put.toString());
    assertEquals(0, bench.range.proposals());
  }

  @Test
  void anOracleThatFailsRefusesThoseWhoWait() {
    Bench.Answer put = bench.put("a", "1");
    bench.loop.run();
    bench.oracle.fail(new Refusal.Unavailable("no placement leader"));
    assertEquals("refused: Unavailable", put.toString());
  }

  @Test
  void aBatchIsOneProposalAndTheLaterWriteOfAKeyWins() {
    Bench.Answer batch =
        batch(
            3,
            new Mutation(key("a"), b("1")),
            new Mutation(key("b"), b("2")),
            new Mutation(key("a"), null),
            new Mutation(key("b"), b("3")));
    bench.draw();
    assertEquals(1, bench.range.proposals());
    Bench.Answer swap = bench.cas("b", "3", "4");
    bench.settle();
    assertEquals("done", batch.toString());
    assertEquals("swapped", swap.toString());
    assertEquals("none", bench.get("a").toString());
    assertEquals("4", bench.get("b").toString());
  }

  @Test
  void aBatchOverSeveralRangesIsRefusedByTheLeadersDescriptor() {
    bench.range.become(FakeRange.descriptor(2, "", "m", 4));
    bench.range.others = List.of(FakeRange.descriptor(9, "m", "", 4));
    Mutation left = new Mutation(key("a"), b("1"));
    Mutation right = new Mutation(key("z"), b("1"));
    assertEquals("multi range", batch(3, left, right).toString());
    assertEquals("multi range", batch(4, left, right).toString());
    assertEquals("refused: StaleRange", batch(5, left, right).toString());
    assertEquals("refused: StaleRange", batch(3, right).toString());
    assertEquals("-", batch(3, left).toString());
  }

  @Test
  void aSplitWhileTheTimestampIsDrawnRefusesTheWrite() {
    Bench.Answer put = bench.put("z", "1");
    bench.loop.run();
    bench.range.become(FakeRange.descriptor(2, "", "m", 4));
    bench.oracle.answer();
    assertEquals("refused: StaleRange", put.toString());
    assertEquals(0, bench.range.proposals());
  }

  @Test
  void limitsAreCheckedHereToo() {
    String key = "rejected: a key has 1 to 4096 bytes, this one ";
    assertEquals(key + "0", bench.put("", "1").toString());
    Key longKey = Key.of(new byte[Limits.KEY_BYTES_MAX + 1]);
    assertEquals(key + "4097", bench.serve(new Put(Bench.target(), longKey, b("1"))).toString());
    byte[] large = new byte[Limits.VALUE_BYTES_MAX + 1];
    assertTrue(
        bench
            .serve(new Put(Bench.target(), key("a"), large))
            .toString()
            .startsWith("rejected: a value of 1048577"));
    assertTrue(batch(3).toString().startsWith("rejected: the batch is empty"));
  }

  @Test
  void tooManyWaitingAreBusy() {
    Bench.Answer last = bench.put("a", "1");
    for (int i = 0; i < 1000; i++) {
      last = bench.put("a", "1");
    }
    assertEquals("refused: Busy", last.toString());
  }

  private Bench.Answer batch(long generation, Mutation... mutations) {
    return bench.serve(new Batch(new Target(new RangeId(2), generation), List.of(mutations)));
  }

  private static Key key(String text) {
    return Bench.key(text);
  }

  private static byte[] b(String text) {
    return Bench.bytes(text);
  }

  @Test
  void onANearlyFullDiskOnlyWhatAddsDataIsRefused() {
    bench.put("a", "1");
    bench.settle();
    bench.room.refusesData = true;
    assertEquals("refused: DiskFull", bench.put("b", "1").toString());
    assertEquals("refused: DiskFull", bench.cas("a", "1", "2").toString());
    Batch mixed =
        new Batch(
            Bench.target(),
            List.of(
                new Mutation(Bench.key("a"), null),
                new Mutation(Bench.key("b"), Bench.bytes("1"))));
    assertEquals("refused: DiskFull", bench.serve(mixed).toString());
    Bench.Answer read = bench.get("a");
    Bench.Answer swap = bench.cas("a", "1", null);
    Bench.Answer delete = bench.delete("b");
    bench.settle();
    assertEquals("1", read.toString());
    assertEquals("swapped", swap.toString());
    assertEquals("done", delete.toString());
    bench.room.refusesData = false;
    Bench.Answer put = bench.put("b", "1");
    bench.settle();
    assertEquals("done", put.toString());
  }

  @Test
  void onAnExhaustedDiskDeletesAreRefusedToo() {
    bench.put("a", "1");
    bench.settle();
    bench.room.refusesAll = true;
    assertEquals("refused: DiskFull", bench.delete("a").toString());
    Bench.Answer read = bench.get("a");
    bench.settle();
    assertEquals("1", read.toString());
  }
}
