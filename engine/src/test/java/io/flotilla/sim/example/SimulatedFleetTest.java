package io.flotilla.sim.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.flotilla.engine.Engine;
import io.flotilla.sim.node.SimulatedFleet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a user's test with a simulated fleet looks like: in a package of its own, as a user's is.
final class SimulatedFleetTest {
  @Test
  void theFleetSurvivesTheLossOfANode() {
    try (SimulatedFleet fleet = SimulatedFleet.of(42, 3)) {
      Engine engine = fleet.engine();
      engine.put(bytes("ship"), bytes("Bounty"));
      fleet.crash(1);
      assertEquals("Bounty", text(engine.get(bytes("ship"))));
      engine.put(bytes("ship"), bytes("Beagle"));
      fleet.restart(1);
      fleet.partition(List.of(1));
      fleet.runFor(Duration.ofSeconds(5));
      assertEquals("Beagle", text(engine.get(bytes("ship"))));
      fleet.heal();
      fleet.runUntil("health", Duration.ofMinutes(1), fleet::isWell);
    }
  }

  @Test
  void whatWasAcknowledgedIsThereWhateverTheNetworkDoes() {
    try (SimulatedFleet fleet = SimulatedFleet.of(7, 3)) {
      Engine engine = fleet.engine();
      fleet.lose(10);
      fleet.duplicate(5);
      fleet.reorder(5);
      for (int i = 0; i < 20; i++) {
        engine.put(bytes("log/" + i), bytes("entry " + i));
      }
      fleet.slow(2, 3, Duration.ofMillis(500));
      fleet.fillDisk(2);
      fleet.crash(1);
      fleet.runFor(Duration.ofSeconds(3));
      fleet.drainDisk(2);
      fleet.heal();
      for (int i = 0; i < 20; i++) {
        assertEquals("entry " + i, text(engine.get(bytes("log/" + i))));
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Optional<byte[]> value) {
    return value.map(bytes -> new String(bytes, UTF_8)).orElse("nothing");
  }
}
