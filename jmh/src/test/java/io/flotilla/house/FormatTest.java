package io.flotilla.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every Java file is as `.ci/format` (Spotless with google-java-format) would write it.
///
/// A test and not `spotless:check`: the formatter parses with the compiler of the JVM it runs in,
/// and Maven may run on an older one; tests run on the toolchain's.
final class FormatTest {
  @Test
  void sourcesAreFormatted() {
    List<String> unformatted =
        Repository.sources().stream()
            .filter(SourceText::isJava)
            .filter(source -> !isFormatted(source))
            .map(SourceText::path)
            .toList();
    String report = "run .ci/format; not formatted:\n" + String.join("\n", unformatted) + "\n";
    assertEquals(List.of(), unformatted, report);
  }

  @Test
  void noticesWhatIsNotFormatted() {
    assertEquals(false, isFormatted(new SourceText("A.java", "class A { int  a; }\n")));
    assertEquals(
        false, isFormatted(new SourceText("A.java", "import java.util.List;\n\nclass A {}\n")));
    assertEquals(false, isFormatted(new SourceText("A.java", "class {\n")));
    assertEquals(true, isFormatted(new SourceText("A.java", "class A {\n  int a;\n}\n")));
  }

  private static boolean isFormatted(SourceText source) {
    try {
      String formatted = new Formatter().formatSource(source.text());
      formatted = RemoveUnusedImports.removeUnusedImports(formatted);
      return ImportOrderer.reorderImports(formatted, Style.GOOGLE).equals(source.text());
    } catch (FormatterException e) {
      return false;
    }
  }
}
