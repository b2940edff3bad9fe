package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import org.junit.jupiter.api.Test;

/// Reads at a timestamp: complete, stable, neither too old nor from the future.
class KvSnapshotTest {
  private final Bench bench = new Bench();

  private long written(String key, String value) {
    Bench.Answer put = bench.put(key, value);
    bench.settle();
    return ((KvReply.Done) put.replies.getFirst()).at().value();
  }

  private Bench.Answer settled(Bench.Answer answer) {
    bench.settle();
    return answer;
  }

  @Test
  void oldVersionsAreReadAtTheirTime() {
    long first = written("a", "1");
    long second = written("a", "2");
    bench.delete("a");
    bench.settle();
    long third = bench.now();
    assertEquals("none", settled(bench.get("a", first - 1)).toString());
    assertEquals("1", settled(bench.get("a", first)).toString());
    assertEquals("2", settled(bench.get("a", second)).toString());
    assertEquals("none", settled(bench.get("a", third)).toString());
  }

  @Test
  void aReadWaitsForWritesUnderWayOnItsKeysOnly() {
    written("a", "1");
    settled(bench.get("x", bench.now()));
    Bench.Answer put = bench.put("a", "2");
    bench.draw();
    long at = bench.oracle.last;
    assertEquals("none", bench.get("b", at).toString());
    Bench.Answer get = bench.get("a", at);
    Bench.Answer scan = bench.scan("a", "b", at);
    bench.read();
    assertEquals("- -", get + " " + scan);
    bench.range.applyAll();
    bench.read();
    assertEquals("done 2 [a=2]", put + " " + get + " " + scan);
  }

  @Test
  void aReadBelowAWriteUnderWayDoesNotWait() {
    written("a", "1");
    settled(bench.get("x", bench.now()));
    long at = bench.now();
    bench.put("a", "2");
    bench.draw();
    assertEquals("1", bench.get("a", at).toString());
  }

  @Test
  void aWriteOfUnknownFateRefusesTheReadThatWaits() {
    settled(bench.get("x", bench.now()));
    bench.put("a", "2");
    bench.draw();
    Bench.Answer get = bench.get("a", bench.oracle.last);
    assertEquals("-", get.toString());
    bench.range.loseAll(new ProposalOutcome.Unknown("superseded"));
    assertEquals("refused: NotLeader", get.toString());
  }

  @Test
  void leadershipLostRefusesTheReadThatWaits() {
    settled(bench.get("x", bench.now()));
    bench.put("a", "2");
    bench.draw();
    Bench.Answer get = bench.get("a", bench.oracle.last);
    bench.machine.onLeadershipLost();
    assertEquals("refused: NotLeader", get.toString());
  }

  @Test
  void aTimestampFromTheFutureIsRejected() {
    Bench.Answer get = bench.get("a", bench.oracle.last + 1000);
    bench.settle();
    assertTrue(get.toString().startsWith("rejected: snapshot"), get.toString());
    Bench.Answer put = bench.put("a", "1");
    bench.settle();
    assertEquals("done", put.toString());
  }

  @Test
  void aTimestampNewerThanAnyKnownHereIsVerifiedByADraw() {
    settled(bench.get("a", bench.now()));
    Bench.Answer get = bench.get("a", bench.now());
    bench.loop.run();
    assertEquals("-", get.toString());
    bench.oracle.answer();
    assertEquals("none", get.toString());
  }

  @Test
  void withoutLeaseABarrierComesFirst() {
    long at = written("a", "1");
    settled(bench.get("x", bench.now()));
    bench.range.lease = false;
    Bench.Answer get = bench.get("a", at);
    assertEquals("-", get.toString());
    bench.range.refuseBarrier();
    assertEquals("refused: NotLeader", get.toString());
  }

  /// The one it was split from may have been collected, up to any safe point that was told before.
  @Test
  void aRangeThatWasNeverCollectedItselfServesWhatIsAboveTheSafePoint() {
    Timestamp told = new Timestamp(Bench.START - 1_000);
    bench.machine.onLeadershipLost();
    bench.environment.timestamps().learnSafePoint(told);
    bench.oracle.safePoint = new Timestamp(Bench.START - 500);
    bench.machine.onLeadership(2);
    Bench.Answer below = bench.get("a", Bench.START - 501);
    assertEquals("-", below.toString(), "what this store knew before may be old");
    bench.settle();
    assertEquals("too old", below.toString());
    assertEquals("none", settled(bench.get("a", Bench.START - 500)).toString());
  }

  @Test
  void eachLeadershipAsksAnew() {
    assertEquals("none", settled(bench.get("a", Bench.START - 500)).toString());
    bench.oracle.safePoint = new Timestamp(Bench.START);
    assertEquals("none", settled(bench.get("a", Bench.START - 500)).toString());
    bench.machine.onLeadershipLost();
    bench.machine.onLeadership(2);
    assertEquals("too old", settled(bench.get("a", Bench.START - 500)).toString());
  }

  @Test
  void aSplitWhileAReadWaitsRefusesIt() {
    settled(bench.get("x", bench.now()));
    bench.put("z", "2");
    bench.draw();
    Bench.Answer scan = bench.scan("a", "", bench.oracle.last);
    bench.range.become(FakeRange.descriptor(2, "", "m", 4));
    bench.settle();
    assertEquals("refused: StaleRange", scan.toString());
  }

  @Test
  void scansPageInBothDirections() {
    written("a", "1");
    long at = written("b", "2");
    written("c", "3");
    written("b", "4");
    long now = bench.now();
    assertEquals("[a=1, b=2]", settled(bench.scan("", "", at)).toString());
    assertEquals("[b=2, a=1]", settled(bench.scan("", "", at, 9, true)).toString());
    assertEquals("[a=1, b=4] then c", settled(bench.scan("", "", now, 2, false)).toString());
    assertEquals("[c=3, b=4] then b", settled(bench.scan("", "", now, 2, true)).toString());
    assertEquals("[b=4]", settled(bench.scan("b", "c", now)).toString());
    assertEquals("[]", settled(bench.scan("x", "", now)).toString());
  }
}
