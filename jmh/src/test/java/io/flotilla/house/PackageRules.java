package io.flotilla.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Every package says in its `package-info.java` what it is, what it may use and which words it
/// defines, and is null-marked. A package that has one in the main sources needs none in the tests.
final class PackageRules {
  static final int DOC_LINES_MIN = 3;
  static final int DOC_LINES_MAX = 10;

  private PackageRules() {}

  static List<Finding> check(List<SourceText> sources) {
    List<Finding> findings = new ArrayList<>();
    Map<String, Boolean> described = new TreeMap<>();
    Map<String, String> firstFile = new TreeMap<>();
    for (SourceText source : sources) {
      if (!source.isJava()) {
        continue;
      }
      String packageName = packageOf(source);
      firstFile.putIfAbsent(packageName, source.path());
      if (source.name().equals("package-info.java")) {
        described.put(packageName, true);
        checkInfo(source, findings);
      }
    }
    firstFile.forEach((packageName, path) -> {
      if (!described.containsKey(packageName)) {
        findings.add(new Finding(path, 1, "package " + packageName + " has no package-info.java"));
      }
    });
    return findings;
  }

  private static void checkInfo(SourceText source, List<Finding> findings) {
    if (!source.text().contains("@NullMarked")) {
      findings.add(new Finding(source.path(), 1, "not @NullMarked"));
    }
    long lines = source.lines().stream().filter(line -> line.startsWith("///")).count();
    if (lines < DOC_LINES_MIN || lines > DOC_LINES_MAX) {
      String message =
          lines
              + " lines of ///, wanted "
              + DOC_LINES_MIN
              + " to "
              + DOC_LINES_MAX
              + ": what it is, what it may use, the words it defines";
      findings.add(new Finding(source.path(), 1, message));
    }
  }

  private static String packageOf(SourceText source) {
    String folder = source.folder();
    int start = folder.indexOf("/java/");
    return start < 0 ? folder : folder.substring(start + "/java/".length()).replace('/', '.');
  }
}
