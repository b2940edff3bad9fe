package io.flotilla.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The simulation is able to fail: it finds each bug of the list, see docs/planted-bugs.md. That
/// takes minutes and runs with `-Pplanted`; that the edits fit the sources is looked at always.
final class PlantedBugsTest {
  private static final int AT_ONCE = 2;
  private static final Path ROOT = Path.of(System.getProperty("flotilla.root", ".."));

  @Test
  void everyEditFits() throws IOException {
    List<PlantedBug> all = PlantedBug.all();
    assertTrue(all.size() >= 25, "only " + all.size() + " bugs are planted");
    all.addAll(PlantedBug.open());
    for (PlantedBug bug : all) {
      assertFalse(bug.changed(ROOT).isEmpty(), bug.name());
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "flotilla.planted", matches = "true")
  void everyBugIsFoundWithinItsSeeds(@TempDir Path work) throws InterruptedException {
    List<PlantedBugs.Finding> all = new PlantedBugs(ROOT, work).huntAll(PlantedBug.all(), AT_ONCE);
    List<String> missed =
        all.stream().filter(each -> each.seed() == 0).map(each -> each.bug().name()).toList();
    assertEquals(List.of(), missed, "planted bugs that no seed found");
  }
}
