package io.flotilla.store.liveness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.StoreBeat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/// The rules of promises between stores, one at a time.
final class StoreLivenessTest {
  private static final LivenessOptions OPTIONS =
      new LivenessOptions(true, 1_000, 1, 1, 1, 1, 1, 1, 1, 1);
  private static final StoreId A = new StoreId(1);
  private static final StoreId B = new StoreId(2);

  // What is given ---------------------------------------------------------------------------------

  @Test
  void aPromiseLastsFromTheQuestionsReceipt() {
    GivenSupport given = new GivenSupport(1_000);
    assertTrue(given.onAsk(5, 1, 100));
    assertFalse(given.expire(1_099));
    assertTrue(given.expire(1_100));
    assertEquals(0, given.epoch());
    assertEquals(5, given.withdrawn());
  }

  @Test
  void whatIsWithdrawnIsNotGivenAgain() {
    GivenSupport given = new GivenSupport(1_000);
    given.onAsk(5, 1, 0);
    given.expire(2_000);
    assertFalse(given.onAsk(5, 2, 2_001));
    assertFalse(given.onAsk(4, 3, 2_001));
    assertEquals(0, given.epoch());
    assertTrue(given.onAsk(6, 4, 2_001));
    assertEquals(6, given.epoch());
  }

  @Test
  void aPromiseStandsUntilItIsFoundOver() {
    GivenSupport given = new GivenSupport(1_000);
    given.onAsk(5, 1, 0);
    assertFalse(given.onAsk(5, 2, 5_000), "the same epoch is no news");
    assertFalse(given.expire(5_999), "and was prolonged, however late");
  }

  @Test
  void aHigherEpochEndsALowerOne() {
    GivenSupport given = new GivenSupport(1_000);
    given.onAsk(5, 1, 0);
    assertTrue(given.onAsk(7, 2, 1));
    assertEquals(5, given.withdrawn());
    assertFalse(given.onAsk(6, 3, 2), "a late question of before");
    assertEquals(7, given.epoch());
  }

  // What is held ----------------------------------------------------------------------------------

  @Test
  void supportIsCountedFromTheQuestionLessAFifth() {
    HeldSupport held = new HeldSupport(1_000, 5);
    long number = held.ask(100);
    assertTrue(held.onAnswer(5, number, 400));
    assertTrue(held.holds(899));
    assertFalse(held.holds(900));
  }

  @Test
  void answersToOtherEpochsOrUnaskedQuestionsSayNothing() {
    HeldSupport held = new HeldSupport(1_000, 5);
    long number = held.ask(100);
    assertFalse(held.onAnswer(4, number, 200));
    assertFalse(held.onAnswer(5, number + 1, 200));
    assertFalse(held.holds(200));
    held.raise(6);
    assertFalse(held.onAnswer(6, number, 300), "asked at the epoch before");
  }

  @Test
  void aLateAnswerDoesNotShortenWhatIsHeld() {
    HeldSupport held = new HeldSupport(1_000, 5);
    long first = held.ask(100);
    long second = held.ask(200);
    held.onAnswer(5, second, 300);
    assertFalse(held.onAnswer(5, first, 400));
    assertTrue(held.holds(999));
  }

  @Test
  void aPauseVoidsWhatWasAskedBefore() {
    HeldSupport held = new HeldSupport(1_000, 5);
    long before = held.ask(100);
    held.onAnswer(5, before, 150);
    held.forget();
    assertFalse(held.holds(160));
    assertFalse(held.onAnswer(5, before, 170));
    long after = held.ask(200);
    assertTrue(held.onAnswer(5, after, 250));
  }

  // Both ------------------------------------------------------------------------------------------

  @Test
  void twoStoresComeToSupportEachOther() {
    Two two = new Two();
    two.run(0, 500, 100);
    assertTrue(two.eventsOfA.contains("held 2"), "" + two.eventsOfA);
    assertTrue(two.eventsOfB.contains("given 1"), "" + two.eventsOfB);
    assertTrue(two.eventsOfB.contains("held 1"), "" + two.eventsOfB);
  }

  @Test
  void aSilentStoreIsWithdrawnFromAndComesBackAtAHigherEpoch() {
    Two two = new Two();
    two.run(0, 500, 100);
    long epoch = two.b.peers(500).getFirst().givenEpoch();
    two.cut = true;
    two.run(600, 2_000, 100);
    assertTrue(two.eventsOfB.contains("withdrawn 1"), "" + two.eventsOfB);
    two.cut = false;
    two.run(2_100, 3_500, 100);
    assertTrue(two.b.peers(3_500).getFirst().givenEpoch() > epoch, "a higher epoch");
    assertTrue(two.a.peers(3_500).getFirst().heldEpoch() > epoch, "which A knows");
  }

  @Test
  void aNewLifeVoidsWhatTheOldOneWasPromised() {
    Two two = new Two();
    two.run(0, 500, 100);
    two.eventsOfB.clear();
    two.eventsOfA.clear();
    two.restartA(9);
    two.run(600, 1_000, 100);
    assertEquals("withdrawn 1", two.eventsOfB.getFirst());
    assertTrue(two.eventsOfB.contains("lost 1"), "" + two.eventsOfB);
    assertTrue(two.eventsOfB.contains("given 1"), "" + two.eventsOfB);
  }

  @Test
  void aStalledStoreAsksNobody() {
    Two two = new Two();
    two.run(0, 500, 100);
    two.stalledA = true;
    two.run(600, 2_500, 100);
    assertTrue(two.eventsOfB.contains("withdrawn 1"), "" + two.eventsOfB);
    assertFalse(two.eventsOfA.contains("withdrawn 2"), "it still supports others");
    assertTrue(two.b.peers(2_500).getFirst().isStalled());
  }

  /// A store that was late itself withdraws nothing before it has seen what waits for it.
  @Test
  void aLateStoreProlongsItsPromises() {
    Two two = new Two();
    two.run(0, 500, 100);
    List<String> before = List.copyOf(two.eventsOfB);
    two.b.onTick(9_000, true, false, (_, _) -> {});
    assertEquals(before, two.eventsOfB);
  }

  /// One that is late again and again must not for ever support a store that is dead.
  @Test
  void aStoreThatIsAlwaysLateWithdrawsAfterAll() {
    Two two = new Two();
    two.run(0, 500, 100);
    for (int late = 1_000; late <= 5_000; late += 500) {
      two.b.onTick(late, true, false, (_, _) -> {});
    }
    assertTrue(two.eventsOfB.contains("withdrawn 1"), two.eventsOfB::toString);
  }

  // Riding ----------------------------------------------------------------------------------------

  /// Where messages leave every so many ticks, at whatever tick, no beat leaves without one.
  @Test
  void aBeatRidesWithMessagesThatComeAsOften() {
    for (int every = 2; every <= 3; every++) {
      for (int first = 10; first < 10 + every; first++) {
        Asker asker = new Asker();
        asker.run(1, first - 1, tick -> false);
        int begin = first;
        int step = every;
        asker.run(first, 60, tick -> (tick - begin) % step == 0);
        long alone = asker.aloneAt.stream().filter(tick -> tick > begin + step).count();
        assertEquals(0, alone, asker.aloneAt::toString);
        assertTrue(asker.rodeAt.size() >= (60 - first) / every - 1, asker.rodeAt::toString);
      }
    }
  }

  @Test
  void aBeatWaitsForNoMessage() {
    Asker asker = new Asker();
    asker.run(1, 30, tick -> tick >= 10 && tick < 20 && tick % 3 == 0);
    assertTrue(asker.gapMax() <= Asker.ASK_TICKS, asker.sentAt::toString);
    assertTrue(asker.aloneAt.containsAll(List.of(21, 24, 27, 30)), asker.aloneAt::toString);
  }

  /// However much there is to say, the others hear this store's beat no more than they must.
  @Test
  void messagesOfEveryTickDoNotAllCarryABeat() {
    Asker asker = new Asker();
    asker.run(1, 60, tick -> true);
    assertTrue(asker.sentAt.size() <= 60 / (Asker.ASK_TICKS - 1) + 2, asker.sentAt::toString);
    asker.runSilent(61, 200);
    asker.sentAt.clear();
    asker.runSilent(201, 300);
    assertTrue(asker.sentAt.size() <= 100 / (4 * Asker.ASK_TICKS) + 1, "nobody hears them there");
  }

  // Epochs ----------------------------------------------------------------------------------------

  @Test
  void aLifeHasNoEpochOfTheNextOne() {
    Epochs epochs = new Epochs(3, Epochs.PER_LIFE - 1);
    long last = epochs.next();
    assertTrue(epochs.isSpent());
    assertEquals(new Epochs(4).next(), last + 1, "none is left out");
    assertTrue(Epochs.isSameLife(last, new Epochs(3).next()));
    assertFalse(Epochs.isSameLife(last, last + 1));
    assertEquals(0, epochs.next());
    assertEquals(0, epochs.next());
  }

  @Test
  void aLifeWithoutEpochsIsRefused() {
    for (long life : new long[] {-1, 0, 1L << 39, Long.MAX_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> new Epochs(life));
    }
    long last = new Epochs((1L << 39) - 1, Epochs.PER_LIFE - 1).next();
    assertTrue(last > 0, "" + last);
  }

  /// Its last epoch serves until support is lost; then it asks for nothing, and yet gives.
  @Test
  void aStoreWithoutEpochsAsksNobodyUntilItsNextLife() {
    Two two = new Two();
    two.a = two.storeA(3, new Epochs(3, Epochs.PER_LIFE - 1));
    two.run(0, 500, 100);
    long last = two.b.peers(500).getFirst().givenEpoch();
    assertEquals(Epochs.firstOf(4) - 1, last);
    assertTrue(two.a.isSpent());
    two.cut = true;
    two.run(600, 2_000, 100);
    two.cut = false;
    two.eventsOfA.clear();
    two.run(2_100, 2_500, 100);
    two.beatsOfA.clear();
    two.run(2_600, 5_000, 100);
    assertEquals(0, two.b.peers(5_000).getFirst().givenEpoch());
    assertEquals(0, two.a.peers(5_000).getFirst().heldEpoch());
    assertEquals(1, two.eventsOfA.stream().filter("lost 2"::equals).count(), "once is enough");
    assertTrue(two.a.peers(5_000).getFirst().givenEpoch() > 0, "it supports B");
    assertTrue(two.beatsOfA.stream().allMatch(beat -> beat.epoch() == 0 && beat.number() == 0));
    assertFalse(two.beatsOfA.isEmpty(), "it beats");
    two.restartA(4);
    two.run(5_100, 6_000, 100);
    assertEquals(Epochs.firstOf(4), two.b.peers(6_000).getFirst().givenEpoch());
  }

  /// A store that asks another, which answers in the middle of a tick, and whose messages leave
  /// right behind its ticks.
  private static final class Asker {
    static final int ASK_TICKS = 3;
    private static final LivenessOptions ASKING =
        new LivenessOptions(true, 1_000, ASK_TICKS, 1, 1, 1, 1, 1, 1, 1);

    final List<Integer> sentAt = new ArrayList<>();
    final List<Integer> aloneAt = new ArrayList<>();
    final List<Integer> rodeAt = new ArrayList<>();
    private final StoreLiveness a = new StoreLiveness(ASKING, 3, new Noted(new ArrayList<>()));
    private final StoreLiveness b = new StoreLiveness(OPTIONS, 4, new Noted(new ArrayList<>()));

    Asker() {
      a.meet(B);
      b.meet(A);
    }

    void run(int from, int to, IntPredicate speaks) {
      run(from, to, speaks, true);
    }

    /// The other store is not heard.
    void runSilent(int from, int to) {
      run(from, to, tick -> true, false);
    }

    private void run(int from, int to, IntPredicate speaks, boolean heard) {
      for (int tick = from; tick <= to; tick++) {
        int now = tick;
        long nanos = tick * 100L;
        boolean speaksNow = speaks.test(tick);
        a.onTick(nanos, false, false, (_, beat) -> sent(now, beat, speaksNow ? rodeAt : aloneAt));
        if (speaksNow) {
          a.ride(B, nanos, (_, beat) -> sent(now, beat, rodeAt));
        }
        b.onTick(
            nanos + 50,
            false,
            false,
            (_, beat) -> {
              if (heard) {
                a.onBeat(B, beat, nanos + 50);
              }
            });
      }
    }

    private void sent(int tick, StoreBeat beat, List<Integer> how) {
      sentAt.add(tick);
      how.add(tick);
      b.onBeat(A, beat, tick * 100L);
    }

    int gapMax() {
      int most = 0;
      for (int i = 1; i < sentAt.size(); i++) {
        most = Math.max(most, sentAt.get(i) - sentAt.get(i - 1));
      }
      return most;
    }
  }

  /// Two stores that hear each other at once.
  private static final class Two {
    final List<String> eventsOfA = new ArrayList<>();
    final List<String> eventsOfB = new ArrayList<>();
    final List<StoreBeat> beatsOfA = new ArrayList<>();
    StoreLiveness a = new StoreLiveness(OPTIONS, 3, new Noted(eventsOfA));
    final StoreLiveness b = new StoreLiveness(OPTIONS, 4, new Noted(eventsOfB));
    boolean cut;
    boolean stalledA;

    Two() {
      a.meet(B);
      b.meet(A);
    }

    void restartA(long incarnation) {
      a = storeA(incarnation, new Epochs(incarnation));
    }

    StoreLiveness storeA(long incarnation, Epochs epochs) {
      StoreLiveness made = new StoreLiveness(OPTIONS, incarnation, epochs, new Noted(eventsOfA));
      made.meet(B);
      return made;
    }

    void run(long from, long to, long step) {
      for (long now = from; now <= to; now += step) {
        long nanos = now;
        List<StoreBeat> toB = new ArrayList<>();
        List<StoreBeat> toA = new ArrayList<>();
        a.onTick(nanos, false, stalledA, (_, beat) -> toB.add(beat));
        b.onTick(nanos, false, false, (_, beat) -> toA.add(beat));
        beatsOfA.addAll(toB);
        if (!cut) {
          toB.forEach(beat -> b.onBeat(A, beat, nanos));
          toA.forEach(beat -> a.onBeat(B, beat, nanos));
        }
      }
    }
  }

  private record Noted(List<String> events) implements LivenessListener {
    @Override
    public void given(StoreId asker, long epoch) {
      events.add("given " + asker);
    }

    @Override
    public void withdrawn(StoreId asker, long upToEpoch) {
      events.add("withdrawn " + asker);
    }

    @Override
    public void held(StoreId supporter, long epoch, long untilNanos, long askedNanos) {
      events.add("held " + supporter);
    }

    @Override
    public void lost(StoreId supporter) {
      events.add("lost " + supporter);
    }

    @Override
    public void up(StoreId store) {
      events.add("up " + store);
    }

    @Override
    public void down(StoreId store) {
      events.add("down " + store);
    }
  }
}
