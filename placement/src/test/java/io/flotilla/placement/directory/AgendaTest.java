package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeReport;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AgendaTest {
  private static final long ROUND = 10_000;

  private final RangeDirectory directory = new RangeDirectory();
  private final Agenda agenda = new Agenda(directory, ROUND, 0);

  private void know(int ranges) {
    StoreId store = new StoreId(1);
    for (int i = 0; i < ranges; i++) {
      KeySpan span = new KeySpan(key(i), key(i + 1));
      PeerId peer = new PeerId(1);
      RangeDescriptor descriptor =
          new RangeDescriptor(
              new RangeId(2 + i),
              span,
              1,
              List.of(new ReplicaDescriptor(peer, store, ReplicaKind.VOTER)));
      directory.accept(
          store, new RangeReport(descriptor, 1, peer, 1, RangeSize.UNKNOWN, List.of()));
    }
  }

  private static Key key(int number) {
    return Key.of(ByteBuffer.allocate(4).putInt(number).array());
  }

  @Test
  void aRoundComesPastAllInItsTimeAndNoFaster() {
    know(100);
    TreeSet<RangeId> seen = new TreeSet<>();
    for (long now = 100; now <= ROUND; now += 100) {
      List<RangeId> portion = agenda.portion(now);
      assertEquals(1, portion.size(), () -> "a hundredth of them in a hundredth of the time");
      seen.addAll(portion);
    }
    assertEquals(100, seen.size());
  }

  @Test
  void whatIsLessThanOneRangeIsNotLost() {
    know(10);
    int looked = 0;
    for (long now = 1; now <= ROUND; now++) {
      looked += agenda.portion(now).size();
    }
    assertEquals(10, looked);
  }

  @Test
  void afterAPauseAPortionIsBounded() {
    know(3 * Agenda.ROUND_MAX);
    assertEquals(Agenda.ROUND_MAX, agenda.portion(100 * ROUND).size());
  }

  @Test
  void whenTheStoresChangeAllAreLookedAtInPortions() {
    know(2 * Agenda.ROUND_MAX + 5);
    agenda.hurry();
    TreeSet<RangeId> seen = new TreeSet<>();
    for (int size : List.of(Agenda.ROUND_MAX, Agenda.ROUND_MAX, 5, 0)) {
      List<RangeId> portion = agenda.portion(1);
      assertEquals(size, portion.size());
      seen.addAll(portion);
    }
    assertEquals(2 * Agenda.ROUND_MAX + 5, seen.size());
  }

  @Test
  void thoseThatWaitTakeTurns() {
    for (int i = 1; i <= Agenda.WAITING_MAX + 50; i++) {
      agenda.later(new RangeId(i));
    }
    TreeSet<RangeId> seen = new TreeSet<>(agenda.someWaiting());
    assertEquals(Agenda.WAITING_MAX, seen.size());
    seen.addAll(agenda.someWaiting());
    assertEquals(Agenda.WAITING_MAX + 50, seen.size());
    seen.forEach(agenda::settled);
    assertTrue(agenda.someWaiting().isEmpty());
  }

  @Test
  void whatWouldBeBetterElsewhereHoldsUpNoRepair() {
    for (int i = 1; i <= 10 * Agenda.WAITING_MAX; i++) {
      agenda.laterMove(new RangeId(i));
    }
    RangeId repair = new RangeId(77_777);
    agenda.later(repair);
    assertEquals(repair, agenda.someWaiting().getFirst());
    assertEquals(repair, agenda.someWaiting().getFirst());
    agenda.settled(repair);
    assertEquals(Agenda.WAITING_MAX, agenda.someWaiting().size());
  }

  @Test
  void withoutRangesThereIsNothingToLookAt() {
    agenda.hurry();
    assertTrue(agenda.portion(ROUND).isEmpty());
    assertTrue(agenda.someWaiting().isEmpty());
  }
}
