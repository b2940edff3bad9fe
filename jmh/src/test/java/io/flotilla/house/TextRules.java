package io.flotilla.house;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Rules that need nothing but the text: layout, and words that are banned with their replacement.
final class TextRules {
  static final int LINE_COLUMNS_MAX = 100;
  static final int FILE_LINES_MAX = 500;

  private static final Predicate<SourceText> JAVA = SourceText::isJava;
  private static final Predicate<SourceText> MAIN = JAVA.and(SourceText::isMain);
  private static final Predicate<SourceText> TEST = JAVA.and(SourceText::isTest);
  private static final Predicate<SourceText> ANY = source -> true;

  private record Ban(Predicate<SourceText> where, Pattern pattern, String instead) {}

  private static final List<Ban> BANS =
      List.of(
          ban(ANY, "\\b(TODO|FIXME|XXX|HACK)\\b(?!\\(#\\d+\\))", "do it, or write TODO(#issue)"),
          ban(ANY, "(?<![\\w.}$])/(home|Users|root|work)/\\w", "a path relative to the repository"),
          ban(ANY, "\\b[A-Z]:\\\\\\\\?\\w", "a path relative to the repository"),
          ban(ANY, "https?://[^\\s\"<]*(artifactory|nexus|jfrog)", "no registry host: Maven's own"),
          ban(ANY, "(?i)\\b(white|black)list", "allow or deny"),
          ban(ANY, "(?i)\\bslave\\b", "follower, or replica"),
          ban(
              TEST.and(t -> !t.name().endsWith("IT.java")),
              "Thread\\.sleep",
              "ticks; see STYLE §10"),
          ban(MAIN, "\\.printStackTrace\\(", "throw it, or give it to the logger"),
          ban(
              MAIN.and(s -> !s.path().contains("/cli/")),
              "System\\.(out|err)\\b",
              "the logger; only the command line prints"),
          ban(
              MAIN.and(s -> !s.path().contains("/cli/")),
              "System\\.exit\\(",
              "an exception; only the command line ends the process"),
          ban(JAVA, "@Disabled\\s*$", "mend the test, or @Disabled(\"#issue: reason\")"),
          ban(JAVA, "@SuppressWarnings\\(\"all\"\\)", "the one warning that is meant"),
          ban(JAVA, "\\bimport lombok\\.", "a record"),
          ban(JAVA, "\\bimport (static )?[\\w.]+\\.\\*;", "one import for each name"),
          ban(
              JAVA,
              "\\bimport (org\\.mockito|net\\.jqwik)\\b",
              "the simulated port, our generator"),
          ban(
              SourceText::isDeterministic,
              "^(?!\\s*(//|\\*)).*\\bsynchronized\\b",
              "confinement to one loop (EventLoop.submit)"));

  private TextRules() {}

  static List<Finding> check(SourceText source) {
    List<Finding> findings = new ArrayList<>();
    layout(source, findings);
    if (!source.isHouse()) {
      bannedWords(source, findings);
    }
    return findings;
  }

  private static void layout(SourceText source, List<Finding> findings) {
    List<String> lines = source.lines();
    boolean columnsCount = source.isJava() || source.path().startsWith(".ci/");
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.endsWith(" ")) {
        findings.add(new Finding(source.path(), i + 1, "space at the end of the line"));
      }
      if (line.indexOf('\t') >= 0) {
        findings.add(new Finding(source.path(), i + 1, "tab: use spaces"));
      }
      if (line.indexOf('\r') >= 0) {
        findings.add(new Finding(source.path(), i + 1, "carriage return: lines end with \\n"));
      }
      if (columnsCount && line.length() > LINE_COLUMNS_MAX && !isImport(line)) {
        String message = line.length() + " columns, at most " + LINE_COLUMNS_MAX;
        findings.add(new Finding(source.path(), i + 1, message));
      }
    }
    if (!source.text().isEmpty() && !source.text().endsWith("\n")) {
      findings.add(new Finding(source.path(), lines.size(), "no newline at the end of the file"));
    }
    if (source.isJava() && lines.size() - 1 > FILE_LINES_MAX) {
      String message =
          (lines.size() - 1) + " lines, at most " + FILE_LINES_MAX + ": split by topic";
      findings.add(new Finding(source.path(), FILE_LINES_MAX, message));
    }
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  private static void bannedWords(SourceText source, List<Finding> findings) {
    List<Ban> bans = BANS.stream().filter(ban -> ban.where().test(source)).toList();
    List<String> lines = source.lines();
    for (int i = 0; i < lines.size(); i++) {
      for (Ban ban : bans) {
        var matcher = ban.pattern().matcher(lines.get(i));
        if (matcher.find()) {
          String message = "`" + matcher.group().strip() + "`; instead: " + ban.instead();
          findings.add(new Finding(source.path(), i + 1, message));
        }
      }
    }
  }

  private static Ban ban(Predicate<SourceText> where, String pattern, String instead) {
    return new Ban(where, Pattern.compile(pattern), instead);
  }
}
