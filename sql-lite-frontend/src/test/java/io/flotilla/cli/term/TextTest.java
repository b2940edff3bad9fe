package io.flotilla.cli.term;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Tables, progress and JSON, exactly as printed.
final class TextTest {
  @Test
  void tableAlignsByColumnsNotCharacters() {
    Table table = new Table().left("CITY").right("PEOPLE").left("NOTE");
    table.row("Zu\u0308rich", "341,730", "a");
    table.row("\u6771\u4EAC", "9", "");
    assertEquals(
        """
        CITY     PEOPLE  NOTE
        Zu\u0308rich  341,730  a
        \u6771\u4EAC          9
        """,
        table.render());
  }

  @Test
  void longCellsAreCut() {
    String row = new Table().left("A").left("B").row("k".repeat(60), "x").render();
    assertEquals("k".repeat(47) + "\u2026  x", row.lines().toList().getLast());
  }

  @Test
  void fitNeverSplitsAWideCharacter() {
    assertEquals("\u6771\u2026", TextWidth.fit("\u6771\u4EAC\u90FD", 4));
    assertEquals("\u6771\u4EAC", TextWidth.fit("\u6771\u4EAC", 4));
  }

  private static ProgressText.Moment moment(double share, Duration pause) {
    return new ProgressText.Moment("rows", 50_000, share, Duration.ofSeconds(4), pause);
  }

  @Test
  void progressBar() {
    assertEquals(
        "[######------------------]  25 %  50,000 rows  12,500/s  12.0 s left",
        ProgressText.bar(moment(0.25, Duration.ZERO), 80));
  }

  @Test
  void progressTellsAPause() {
    assertEquals(
        "50,000 rows  12,500/s  (waiting 2.5 s)",
        ProgressText.words(moment(-1, Duration.ofMillis(2_500))));
  }

  @Test
  void progressBarFitsTheWindow() {
    String bar = ProgressText.bar(moment(0.25, Duration.ofSeconds(3)), 40);
    assertEquals(39, TextWidth.of(bar));
  }

  @Test
  void jsonKeepsOrderAndEscapes() {
    assertEquals(
        "{\"b\":\"\\\"\\n\u00FC\",\"a\":[1,2.5,true,null,{\"c\":9007199254740993}]}",
        JsonText.of(
            JsonText.object()
                .with("b", "\"\n\u00FC")
                .with(
                    "a",
                    Arrays.asList(
                        1, 2.5, true, null, JsonText.object().with("c", 9007199254740993L)))));
    assertEquals("[]", JsonText.of(List.of()));
  }
}
