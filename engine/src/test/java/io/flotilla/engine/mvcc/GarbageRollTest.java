package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The roll against a map, whatever comes, goes, rests and wakes.
class GarbageRollTest {
  private static final int STEPS = 2_000;
  private static final int MACHINES = 60;

  private final Bench bench = new Bench();
  private final KvMachines machines = new KvMachines(bench.environment);
  private final List<KvMachine> all = new ArrayList<>();
  private final GarbageRoll roll = new GarbageRoll();

  /// When those that are here are due; -1: they have to be asked.
  private final Map<KvMachine, Long> expected = new LinkedHashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void handsOutWhoMayBeDue(long seed) {
    RandomSource random = new RandomSource(seed);
    for (int i = 0; i < MACHINES; i++) {
      all.add(new KvMachine(bench.range, machines));
    }
    int kept = 0;
    for (int i = 0; i < STEPS; i++) {
      step(random);
      long safePoint = random.oneIn(8) ? GarbageRoll.NEVER : random.nextInt(100);
      Set<KvMachine> found = new HashSet<>();
      roll.each(safePoint, machine -> assertTrue(found.add(machine), "twice"));
      Set<KvMachine> due = new HashSet<>(expected.keySet());
      due.removeIf(machine -> expected.getOrDefault(machine, 0L) > safePoint);
      assertEquals(due, found, "step " + i);
      assertEquals(expected.isEmpty(), roll.isEmpty());
      kept += expected.size() - due.size();
    }
    assertTrue(kept > STEPS, "some were not looked into: " + kept);
  }

  private void step(RandomSource random) {
    KvMachine machine = all.get(random.nextInt(MACHINES));
    boolean isHere = expected.containsKey(machine);
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        if (!isHere) {
          roll.add(machine);
          expected.put(machine, -1L);
        }
      }
      case 2 -> {
        assertEquals(isHere, roll.remove(machine));
        assertFalse(roll.remove(machine));
        expected.remove(machine);
      }
      case 3 -> {
        if (isHere) {
          long dueFrom = random.oneIn(4) ? GarbageRoll.NEVER : random.nextInt(100);
          roll.rests(machine, dueFrom);
          expected.put(machine, dueFrom);
        }
      }
      default -> {
        roll.wakes(machine);
        expected.computeIfPresent(machine, (_, _) -> -1L);
      }
    }
  }
}
