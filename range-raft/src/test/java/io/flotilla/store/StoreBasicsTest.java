package io.flotilla.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.sim.SimFleet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StoreBasicsTest {
  private static final RangeId FIRST = RangeDescriptor.FIRST;

  @Test
  void oneStoreServesAndRemembers() {
    SimFleet fleet = new SimFleet(1, SimFleet.smallOptions());
    fleet.add(1);
    fleet.bootstrap();
    fleet.put(FIRST, "a", "1");
    fleet.put(FIRST, "b", "2");
    assertEquals("1", fleet.get(FIRST, "a"));
    fleet.store(1).crash();
    fleet.store(1).start();
    assertEquals("1", fleet.get(FIRST, "a"));
    assertEquals("2", fleet.get(FIRST, "b"));
  }

  @Test
  void aRequestWhoseAskerHasGivenUpIsNotServed() {
    SimFleet fleet = new SimFleet(3, SimFleet.smallOptions());
    fleet.add(1);
    fleet.bootstrap();
    fleet.put(FIRST, "a", "1");
    List<Refusal> answers = new ArrayList<>();
    fleet
        .store(1)
        .store()
        .serve(
            FIRST,
            new RangeRequest() {
              @Override
              public boolean isLate() {
                return true;
              }

              @Override
              public void refuse(Refusal refusal) {
                answers.add(refusal);
              }
            });
    fleet.runUntil("an answer", 1_000_000_000L, () -> !answers.isEmpty());
    assertEquals(List.of(new Refusal.TooLate()), answers);
    assertEquals("1", fleet.get(FIRST, "a"));
  }

  @Test
  void oneStoreGrowsToThreeAndSurvivesTheFirst() {
    SimFleet fleet = new SimFleet(2, SimFleet.smallOptions());
    fleet.add(1);
    fleet.add(2).start();
    fleet.add(3).start();
    fleet.bootstrap();
    fleet.put(FIRST, "a", "1");
    fleet.addReplica(FIRST, 2, 2);
    fleet.addReplica(FIRST, 3, 3);
    fleet.put(FIRST, "b", "2");
    fleet.store(1).crash();
    assertEquals("1", fleet.get(FIRST, "a"));
    assertEquals("2", fleet.get(FIRST, "b"));
    fleet.put(FIRST, "c", "3");
    fleet.store(1).start();
    fleet.store(2).crash();
    assertEquals("3", fleet.get(FIRST, "c"));
  }
}
