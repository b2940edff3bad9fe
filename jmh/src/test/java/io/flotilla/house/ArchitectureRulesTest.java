package io.flotilla.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.flotilla.house.fixture.floor.Floor;
import io.flotilla.house.fixture.roof.Roof;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The fences fail on classes that climb them.
final class ArchitectureRulesTest {
  private static final String ROOT = "io.flotilla.house.fixture";
  private static final JavaClasses FIXTURE =
      new ClassFileImporter().importClasses(Floor.class, Roof.class);

  @Test
  void arrowThatPointsUpIsFound() {
    var arrows = new PackageArrows(ROOT, Map.of("floor", List.of(), "roof", List.of("floor")));
    String report = failuresOf(arrows.pointDown());
    assertTrue(report.contains("floor may see []"), report);
    assertTrue(!report.contains("roof may see"), report);
  }

  @Test
  void arrowsThatAreAllowedPass() {
    var arrows =
        new PackageArrows(ROOT, Map.of("floor", List.of("roof"), "roof", List.of("floor")));
    assertEquals("", failuresOf(arrows.pointDown()));
  }

  @Test
  void packageThatIsNotInTheTableIsFound() {
    var arrows = new PackageArrows(ROOT, Map.of("roof", List.of("floor")));
    assertTrue(failuresOf(arrows.pointDown()).contains("floor (not in the table)"));
  }

  @Test
  void cycleIsFoundUnlessThroughTheDoor() {
    var arrows = new PackageArrows(ROOT, Map.of());
    assertTrue(failuresOf(arrows.haveNoCycles("none")).contains("Cycle detected"));
    assertEquals("", failuresOf(arrows.haveNoCycles(ROOT + ".floor.Floor")));
  }

  @Test
  void whatTheHostDecidesIsFoundWithItsReplacement() {
    String report = failuresOf(classes().should(Determinism.leaveNothingToTheHost()));
    assertTrue(report.contains("nanoTime") && report.contains("ticks as an input"), report);
    assertTrue(report.contains("HashMap") && report.contains("LinkedHashMap"), report);
    assertTrue(report.contains("turns is volatile"), report);
  }

  private static String failuresOf(ArchRule rule) {
    return String.join("\n", rule.evaluate(FIXTURE).getFailureReport().getDetails());
  }
}
