package io.flotilla.sim.node;

import io.flotilla.engine.node.SimulatedNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A node that was away comes back to a fleet that has moved.
final class MovedFleetTest {
  @Test
  void whoIsWhereItWasIsFoundThere() {
    try (SimulatedFleet fleet = SimulatedFleet.of(42, 3)) {
      fleet.crash(3);
      for (int number : List.of(1, 2)) {
        fleet.crash(number);
        fleet.node(number).move();
      }
      fleet.restart(1);
      fleet.restart(2);
      fleet.runFor(Duration.ofSeconds(10));
      SimulatedNode third = fleet.node(3);
      third.start(List.of()); // it knows nothing but where the others were
      fleet.runUntil(
          "node 3 to know the others",
          Duration.ofMinutes(1),
          () -> knows(third, fleet.node(1)) && knows(third, fleet.node(2)));
      fleet.runUntil("health", Duration.ofMinutes(1), fleet::isWell);
    }
  }

  private static boolean knows(SimulatedNode node, SimulatedNode other) {
    return other.address().equals(node.addressBook().get(other.id()));
  }
}
