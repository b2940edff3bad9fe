package io.flotilla.house;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Map;

/// Which package may see which, as a table: `package -> packages it may see`, each with all below
/// it. A name that ends in `!` means that package alone. A package may always see itself.
record PackageArrows(String root, Map<String, List<String>> allowed) {

  /// A class under `root` sees only what the table allows for the longest entry that covers it.
  ArchRule pointDown() {
    return ArchRuleDefinition.classes()
        .that(DescribedPredicate.describe("are of the house", this::isOurs))
        .should(seeOnlyWhatIsAllowed())
        .allowEmptyShould(true);
  }

  /// No two packages see each other, however far around. `except` names the one door that may look
  /// back into the house.
  ArchRule haveNoCycles(String except) {
    return SlicesRuleDefinition.slices()
        .matching(root + ".(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            DescribedPredicate.describe("the door", type -> outermost(type).equals(except)),
            DescribedPredicate.alwaysTrue())
        .allowEmptyShould(true);
  }

  private ArchCondition<JavaClass> seeOnlyWhatIsAllowed() {
    return new ArchCondition<>("see only what the table of packages allows") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String from = entryOf(type.getPackageName());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (isOurs(target) && !maySee(from, target.getPackageName())) {
            String message =
                from
                    + " may see "
                    + allowed.getOrDefault(from, List.of())
                    + ": "
                    + dependency.getDescription();
            events.add(SimpleConditionEvent.violated(type, message));
          }
        }
      }
    };
  }

  private boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith(root + ".");
  }

  private static String outermost(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /// The longest entry of the table that covers a package; a package without one must be added to
  /// it.
  private String entryOf(String packageName) {
    String name = packageName.substring(root.length() + 1);
    String best = "";
    for (String entry : allowed.keySet()) {
      if (covers(entry, name) && entry.length() > best.length()) {
        best = entry;
      }
    }
    return best.isEmpty() ? name + " (not in the table)" : best;
  }

  private boolean maySee(String from, String packageName) {
    String name = packageName.substring(root.length() + 1);
    return covers(from, name)
        || allowed.getOrDefault(from, List.of()).stream().anyMatch(entry -> covers(entry, name));
  }

  private static boolean covers(String entry, String name) {
    if (entry.endsWith("!")) {
      return name.equals(entry.substring(0, entry.length() - 1));
    }
    return name.equals(entry) || name.startsWith(entry + ".");
  }
}
