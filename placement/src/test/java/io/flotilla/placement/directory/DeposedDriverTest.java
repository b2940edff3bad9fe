package io.flotilla.placement.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.placement.Instruction;
import io.flotilla.placement.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A placement leader that may have a successor has nobody do anything: the peers that it would
/// have added have lower ids than those of the successor, and stores take lower ids for older
/// peers.
class DeposedDriverTest {
  private final ToyFleet fleet = new ToyFleet(_ -> {});

  DeposedDriverTest() {
    fleet.found();
    fleet.join("b");
    fleet.join("c");
  }

  @Test
  void givesNoInstructions() {
    fleet.group().lease = false;
    assertEquals(List.of(), instructionsAfterAWhile());
    assertEquals(1, fleet.group().barriersUnderWay(), "the answer waits for its proof");
  }

  @Test
  void whoLeadsForSureDoes() {
    List<Instruction> given = instructionsAfterAWhile();
    assertTrue(given.getFirst().step() instanceof Step.AddLearner, given::toString);
  }

  private List<Instruction> instructionsAfterAWhile() {
    List<Instruction> given = List.of();
    for (int second = 0; second < 5 && given.isEmpty(); second++) {
      fleet.group().advance(1_000);
      fleet.instructions(2);
      fleet.instructions(3);
      given = fleet.instructions(1);
    }
    return given;
  }
}
