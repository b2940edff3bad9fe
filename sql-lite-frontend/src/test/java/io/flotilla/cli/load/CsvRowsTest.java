package io.flotilla.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.shell.CommandFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files to rows: what is stored, what is bad and on which line, and how reading goes on after it.
final class CsvRowsTest {
  private static final CsvOptions OPTIONS =
      new CsvOptions(List.of("id"), "p/".getBytes(StandardCharsets.UTF_8), List.of());

  private static List<String> rows(byte[] file, CsvOptions options) throws IOException {
    List<String> rows = new ArrayList<>();
    try (CsvRows csv = CsvRows.open(new ByteArrayInputStream(file), options)) {
      for (Optional<CsvRow> row = csv.next(); row.isPresent(); row = csv.next()) {
        rows.add(
            switch (row.get()) {
              case CsvRow.Good good ->
                  good.line() + " " + text(good.key()) + " " + text(good.value());
              case CsvRow.Bad bad -> bad.line() + " BAD " + bad.reason();
            });
      }
    }
    return rows;
  }

  private static List<String> rows(String file) throws IOException {
    return rows(file.getBytes(StandardCharsets.UTF_8), OPTIONS);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void fieldsBecomeNumbersAndStrings() throws IOException {
    assertEquals(
        List.of("2 p/7 {\"id\":7,\"name\":\"a \\\"b\\\", c\",\"zip\":\"8001\",\"x\":-3.25}"),
        rows(
            "id,name,zip,x\r\n7,\"a \"\"b\"\", c\",8001,-3.25\r\n".getBytes(StandardCharsets.UTF_8),
            new CsvOptions(List.of("id"), OPTIONS.prefix(), List.of("zip"))));
  }

  @Test
  void quotedFieldOverSeveralLinesCountsItsLines() throws IOException {
    assertEquals(
        List.of("2 p/1 {\"id\":1,\"t\":\"x\\n\\ny\"}", "6 p/2 {\"id\":2,\"t\":\"\"}"),
        rows("id,t\n1,\"x\n\ny\"\n\n2,\n"));
  }

  @Test
  void byteOrderMarkIsNoPartOfAName() throws IOException {
    assertEquals(List.of("2 p/1 {\"id\":1}"), rows("\uFEFFid\n1"));
  }

  @Test
  void badRowsNameTheirLineAndReadingGoesOn() throws IOException {
    assertEquals(
        List.of(
            "2 p/1 {\"id\":1,\"b\":2}",
            "3 BAD has 1 fields, the header has 2",
            "4 BAD key column 'id' is empty",
            "5 BAD malformed CSV: unexpected character after closing quote: ' ' (0x20)",
            "6 p/3 {\"id\":3,\"b\":4}"),
        rows("id,b\n1,2\n9\n,5\n2,\"x\" y\n3,4\n"));
  }

  @Test
  void quoteThatIsNeverClosedCostsOneRow() throws IOException {
    List<String> rows = rows("id,b\n1,\"2\n3,4\n5,6\n");
    assertTrue(rows.getFirst().startsWith("2 BAD malformed CSV"), rows::toString);
    assertEquals(
        List.of("3 p/3 {\"id\":3,\"b\":4}", "4 p/5 {\"id\":5,\"b\":6}"), rows.subList(1, 3));
  }

  @Test
  void textThatIsNotUtf8IsBad() throws IOException {
    byte[] file = {'i', 'd', '\n', (byte) 0xC3, '\n', '1', '\n'};
    assertEquals(List.of("2 BAD is not valid UTF-8 text", "3 p/1 {\"id\":1}"), rows(file, OPTIONS));
  }

  @Test
  void keysAndValuesOverTheLimitAreBad() throws IOException {
    List<String> rows = rows("id,b\n" + "k".repeat(4095) + ",1\n2," + "v".repeat(1 << 20) + "\n");
    assertEquals("2 BAD the key has 4,097 bytes, the limit is 4,096", rows.get(0));
    assertEquals("3 BAD the value has 1,048,591 bytes, the limit is 1,048,576", rows.get(1));
  }

  @Test
  void severalKeyColumnsAreJoined() throws IOException {
    CsvOptions options = new CsvOptions(List.of("b", "id"), new byte[0], List.of());
    assertEquals(
        List.of("2 CH/1 {\"id\":1,\"b\":\"CH\"}"),
        rows("id,b\n1,CH\n".getBytes(StandardCharsets.UTF_8), options));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "a,b\n1,2\n", "id,id\n1,2\n", "\"id\n1\n"})
  void headersThatCannotBeUsed(String file) {
    assertThrows(CommandFailure.class, () -> rows(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "7", "-7", "1234567890", "3.25", "-0.5", "123456789012345"})
  void numbers(String text) {
    assertTrue(RowShape.isNumber(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "-0", "007", "1.", "1.50", ".5", "1e3", "+1", "1,2", "1234567890123456"})
  void notNumbers(String text) {
    assertFalse(RowShape.isNumber(text));
  }
}
