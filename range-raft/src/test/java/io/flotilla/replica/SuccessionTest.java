package io.flotilla.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class SuccessionTest {
  private static final List<ReplicaKind> THREE =
      List.of(ReplicaKind.VOTER, ReplicaKind.VOTER, ReplicaKind.VOTER);

  @Test
  void eachRangeHasOneHeirAndItIsNotTheOneThatIsGone() {
    for (long id = 2; id < 200; id++) {
      assertEquals(1, heirs(range(id, THREE), 2).size());
      assertTrue(!heirs(range(id, THREE), 2).contains(2L));
    }
  }

  /// Also where all ids are even, or all a multiple of ten.
  @Test
  void heirsAreSpread() {
    for (int step : List.of(1, 2, 3, 10, 64)) {
      int first = 0;
      for (int i = 1; i <= 1_000; i++) {
        first += heirs(range((long) i * step, THREE), 3).contains(1L) ? 1 : 0;
      }
      assertTrue(first > 400 && first < 600, step + ": " + first);
    }
  }

  /// A store dies, and then one of those that inherited from it.
  @Test
  void whatAStoreInheritedIsSpreadAgain() {
    int toThird = 0;
    int toFirst = 0;
    for (long id = 1; id <= 1_000; id++) {
      RangeDescriptor range = range(id, THREE);
      if (heirs(range, 1).contains(3L)) {
        toThird++;
        toFirst += heirs(range, 3).contains(1L) ? 1 : 0;
      }
    }
    assertTrue(toThird > 400 && toThird < 600, "to the third: " + toThird);
    assertTrue(toFirst > toThird / 3 && toFirst < toThird * 2 / 3, "of these: " + toFirst);
  }

  @Test
  void aLearnerInheritsNothing() {
    List<ReplicaKind> kinds = List.of(ReplicaKind.LEARNER, ReplicaKind.VOTER, ReplicaKind.VOTER);
    assertEquals(List.of(3L), heirs(range(7, kinds), 2));
    assertEquals(List.of(), heirs(range(7, List.of(ReplicaKind.VOTER)), 1));
  }

  @Test
  void aStoreThatIsDownInheritsNothing() {
    StoreId down = new StoreId(1);
    for (long id = 1; id < 100; id++) {
      List<Long> heirs = heirs(range(id, THREE), 2, store -> !store.equals(down));
      assertTrue(heirs.contains(3L), "heirs of " + id + ": " + heirs);
    }
  }

  private static List<Long> heirs(RangeDescriptor range, long gone) {
    return heirs(range, gone, _ -> true);
  }

  private static List<Long> heirs(RangeDescriptor range, long gone, Predicate<StoreId> up) {
    List<Long> heirs = new ArrayList<>();
    for (ReplicaDescriptor each : range.replicas()) {
      if (Succession.isHeir(range, each.store(), new StoreId(gone), up)) {
        heirs.add(each.store().value());
      }
    }
    return heirs;
  }

  private static RangeDescriptor range(long id, List<ReplicaKind> kinds) {
    List<ReplicaDescriptor> replicas = new ArrayList<>();
    for (int i = 1; i <= kinds.size(); i++) {
      replicas.add(
          new ReplicaDescriptor(new PeerId(10L * id + i), new StoreId(i), kinds.get(i - 1)));
    }
    return new RangeDescriptor(new RangeId(id), KeySpan.ALL, 1, replicas);
  }
}
