package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A machine that rests whenever it may and one that never does, side by side: whatever happens to
/// both, they answer the same at the same moment, and leave the same state.
class RestTwinTest {
  private static final int STEPS = 2_000;

  private final Bench resting = new Bench();
  private final Bench awake = new Bench();
  private final List<Bench.Answer> answersOfResting = new ArrayList<>();
  private final List<Bench.Answer> answersOfAwake = new ArrayList<>();
  private int term = 1;
  private int values;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void bothAnswerTheSame(long seed) {
    awake.rests = false;
    RandomSource random = new RandomSource(seed);
    for (int i = 0; i < STEPS; i++) {
      step(random);
      resting.machine.rest();
      assertEquals(replies(answersOfAwake), replies(answersOfResting), "step " + i);
      assertEquals(awake.range.proposals(), resting.range.proposals(), "proposals, step " + i);
      assertEquals(awake.range.barriers(), resting.range.barriers(), "barriers, step " + i);
      assertEquals(awake.disk.isEmpty(), resting.disk.isEmpty(), "reads from disk, step " + i);
    }
    long answered = answersOfAwake.stream().filter(each -> !each.replies.isEmpty()).count();
    assertTrue(answered > STEPS / 4, "answered: " + answered);
  }

  private static List<String> replies(List<Bench.Answer> answers) {
    return answers.stream().map(each -> each.toString()).toList();
  }

  private void both(Consumer<Bench> action) {
    action.accept(awake);
    action.accept(resting);
  }

  private void ask(Function<Bench, Bench.Answer> question) {
    answersOfAwake.add(question.apply(awake));
    answersOfResting.add(question.apply(resting));
  }

  private void step(RandomSource random) {
    String key = "" + (char) ('a' + random.nextInt(4));
    String value = "v" + ++values;
    String expected = "v" + Math.max(1, values - random.nextInt(40));
    long now = awake.now();
    assertEquals(now, resting.now(), "both have drawn as often");
    long at = random.oneIn(2) ? now : now - random.nextInt(40);
    switch (random.nextInt(16)) {
      case 0, 1 -> ask(bench -> bench.put(key, value));
      case 2 -> ask(bench -> bench.delete(key));
      case 3 -> ask(bench -> bench.cas(key, expected, value));
      case 4, 5 -> ask(bench -> bench.get(key));
      case 6 -> ask(bench -> bench.get(key, at));
      case 7 -> ask(bench -> bench.scan("a", "z", at));
      case 8 -> both(bench -> bench.disk.run());
      case 9, 10 -> both(bench -> bench.loop.run());
      case 11 ->
          both(bench -> {
            if (bench.oracle.pending() > 0) {
              bench.oracle.answer();
            }
          });
      case 12, 13 -> both(bench -> bench.range.applyAll());
      case 14 ->
          both(bench -> {
            if (bench.range.barriers() > 0) {
              bench.range.passBarrier();
            }
          });
      default -> disturb(random.nextInt(5), random.nextInt(60));
    }
  }

  private void disturb(int what, int millis) {
    term++;
    both(bench -> {
      switch (what) {
        case 0 -> bench.range.lease = !bench.range.lease;
        case 1 -> bench.machine.onDescriptor(bench.range.descriptor());
        case 2 -> {
          bench.machine.onLeadershipLost();
          bench.range.lose(0, new ProposalOutcome.Unknown("superseded"));
          bench.machine.onLeadership(term);
        }
        case 3 -> bench.environment.timestamps().learnSafePoint(new Timestamp(bench.now() - 50));
        default -> bench.loop.advance(millis * 1_000_000L);
      }
    });
  }

  @Test
  void whatIsInTheHeapIsServedFromThereAfterARest() {
    put(resting, "a", "1");
    assertEquals(1, resting.get("a").replies.size());
    resting.state.setCold(true);
    Bench.Answer again = resting.get("a");
    assertEquals(1, again.replies.size(), "no read from disk is needed");
    resting.machine.onDescriptor(resting.range.descriptor());
    assertTrue(resting.get("a").replies.isEmpty(), "other keys: the disk has to be asked");
  }

  @Test
  void aLeaderAtRestCannotBeMadeAnewAndAFollowerCan() {
    resting.machine.rest();
    assertFalse(resting.machine.isDisposable());
    resting.machine.onLeadershipLost();
    resting.machine.rest();
    assertTrue(resting.machine.isDisposable());
    assertEquals(1, resting.get("a").replies.size());
    assertSame(KvReply.Refused.class, resting.get("a").replies.getFirst().getClass());
  }

  private static void put(Bench bench, String key, String value) {
    Bench.Answer answer = bench.put(key, value);
    bench.loop.run();
    bench.oracle.answer();
    bench.range.applyAll();
    assertEquals(1, answer.replies.size());
  }
}
