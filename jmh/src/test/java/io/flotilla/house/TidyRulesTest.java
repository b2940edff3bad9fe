package io.flotilla.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each tidy rule fails on what it bans and lets pass what it does not.
final class TidyRulesTest {
  private static final String CORE = "range-raft/src/main/java/io/flotilla/raft/Some.java";
  private static final String CORE_TEST = "range-raft/src/test/java/io/flotilla/raft/SomeTest.java";
  private static final String CLI = "sql-lite-frontend/src/main/java/io/flotilla/cli/Some.java";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "// TODO later|issue",
        "// FIXME|issue",
        "Path.of(\"/home/somebody/x\")|relative",
        "https://nexus.example.org/repo|registry",
        "// the whitelist|allow",
        "e.printStackTrace();|logger",
        "System.out.println(1);|command line",
        "System.exit(1);|command line",
        "@Disabled|mend",
        "@SuppressWarnings(\"all\")|one warning",
        "import java.util.*;|each name",
        "import org.mockito.Mockito;|simulated",
        "synchronized (this) {|loop",
      })
  void bannedText(String line, String messagePart) {
    assertOne(textFindings(CORE, line + "\n"), messagePart);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "// TODO(#12): later",
        "Path.of(\"data/x\")",
        "/// not synchronized with anything",
        "import java.util.List;",
        "@Disabled(\"#3: needs two disks\")",
      })
  void allowedText(String line) {
    assertEquals(List.of(), textFindings(CORE, line + "\n"));
  }

  @Test
  void commandLineMayPrintAndExit() {
    assertEquals(List.of(), textFindings(CLI, "System.out.println(1);\nSystem.exit(1);\n"));
  }

  @Test
  void sleepIsForIntegrationTestsOnly() {
    assertOne(textFindings(CORE_TEST, "Thread.sleep(5);\n"), "ticks");
    assertEquals(
        List.of(), textFindings("engine/src/test/java/x/KillIT.java", "Thread.sleep(5);\n"));
  }

  @Test
  void layout() {
    assertOne(textFindings(CORE, "int a; \n"), "space at the end");
    assertOne(textFindings(CORE, "\tint a;\n"), "tab");
    assertOne(textFindings(CORE, "int a;\r\n"), "carriage return");
    assertOne(textFindings(CORE, "int a;"), "no newline");
    assertOne(textFindings(CORE, "x".repeat(101) + "\n"), "101 columns");
    assertEquals(List.of(), textFindings(CORE, "x".repeat(100) + "\n"));
    assertOne(textFindings(CORE, "\n".repeat(501)), "501 lines");
    assertEquals(List.of(), textFindings(CORE, "\n".repeat(500)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RaftImpl",
        "StoreManager",
        "KeyHelper",
        "KeyUtil",
        "KeyUtils",
        "RoleBase",
        "AbstractRole",
        "IRole",
        "RegionCache",
        "ShardId"
      })
  void bannedTypeNames(String name) {
    assertOne(treeFindings(CORE, "final class " + name + " {}\n"), name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Identity", "Database", "RangeCache", "Index", "Sharding", "IO", "Id"})
  void allowedTypeNames(String name) {
    assertEquals(List.of(), treeFindings(CORE, "final class " + name + " {}\n"));
  }

  @Test
  void functionLength() {
    String sixty = "class A {\n void f() {\n" + "  g();\n".repeat(58) + " }\n}\n";
    String more = "class A {\n void f() {\n" + "  g();\n".repeat(59) + " }\n}\n";
    assertEquals(List.of(), treeFindings(CORE, sixty));
    assertOne(treeFindings(CORE, more), "61 lines");
  }

  @Test
  void catchAllThatSwallows() {
    String form = "class A { void f() { try { g(); } catch (%s e) { %s } } }\n";
    assertOne(treeFindings(CORE, form.formatted("Exception", "g();")), "poisons");
    assertEquals(List.of(), treeFindings(CORE, form.formatted("Exception", "throw h(e);")));
    assertEquals(List.of(), treeFindings(CORE, form.formatted("Exception", "poison(e);")));
    assertEquals(List.of(), treeFindings(CORE, form.formatted("CodecException", "g();")));
    assertEquals(List.of(), treeFindings(CLI, form.formatted("Exception", "g();")));
  }

  @Test
  void packageWithoutInfo() {
    assertOne(PackageRules.check(List.of(new SourceText(CORE, ""))), "no package-info");
  }

  @Test
  void packageInfoSaysEnough() {
    String doc = "/// a\n///\n/// b\n";
    assertEquals(List.of(), PackageRules.check(infoOf(doc + "@NullMarked\npackage x;\n")));
    assertOne(PackageRules.check(infoOf(doc + "package x;\n")), "@NullMarked");
    assertOne(PackageRules.check(infoOf("/// a\n@NullMarked\npackage x;\n")), "1 lines");
    String wordy = "/// a\n".repeat(11);
    assertOne(PackageRules.check(infoOf(wordy + "@NullMarked\npackage x;\n")), "11 lines");
  }

  private static List<SourceText> infoOf(String text) {
    String folder = "range-raft/src/main/java/io/flotilla/raft/";
    return List.of(new SourceText(folder + "package-info.java", text), new SourceText(CORE, ""));
  }

  private static List<Finding> textFindings(String path, String text) {
    return TextRules.check(new SourceText(path, text));
  }

  private static List<Finding> treeFindings(String path, String text) {
    return TreeRules.check(new ArrayList<>(List.of(new SourceText(path, text))));
  }

  private static void assertOne(List<Finding> findings, String messagePart) {
    assertEquals(1, findings.size(), findings::toString);
    assertTrue(findings.getFirst().message().contains(messagePart), findings::toString);
  }
}
