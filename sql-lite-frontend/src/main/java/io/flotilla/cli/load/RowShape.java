package io.flotilla.cli.load;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.Limits;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// How a row of one file becomes a key and a value.
///
/// The key is the prefix and the key columns' texts, joined by `/`. The value is a JSON object with
/// a property for each column in the file's order: a number where the text is one in its shortest
/// form (`17`, `-3.25`; at most 15 digits, so that it survives a reader's double), else a string:
/// `007`, `1.50` and `1e3` stay what they are.
final class RowShape {
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?");
  private static final int DIGITS_MAX = 15;

  private final List<String> columns;
  private final int[] keyColumns;
  private final Set<String> textColumns;
  private final byte[] prefix;

  private RowShape(List<String> columns, int[] keyColumns, Set<String> textColumns, byte[] prefix) {
    this.columns = columns;
    this.keyColumns = keyColumns;
    this.textColumns = textColumns;
    this.prefix = prefix;
  }

  /// The shape for a file with these columns.
  ///
  /// @throws CommandFailure if the options name a column that is not there
  static RowShape of(List<String> columns, CsvOptions options) {
    requireDistinct(columns);
    List<String> keys = options.key();
    int[] keyColumns = keys.stream().mapToInt(key -> requireColumn(columns, key)).toArray();
    options.text().forEach(column -> requireColumn(columns, column));
    Set<String> text = new HashSet<>(options.text());
    return new RowShape(List.copyOf(columns), keyColumns, text, options.prefix());
  }

  private static void requireDistinct(List<String> columns) {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw new CommandFailure("line 1: two columns are named '" + column + "'");
      }
    }
  }

  private static int requireColumn(List<String> columns, String column) {
    int at = columns.indexOf(column);
    if (at < 0) {
      throw new CommandFailure(
          "no column '" + column + "'; the file has: " + String.join(", ", columns));
    }
    return at;
  }

  CsvRow row(long line, List<String> fields) {
    if (fields.size() != columns.size()) {
      return new CsvRow.Bad(
          line, "has %d fields, the header has %d".formatted(fields.size(), columns.size()));
    }
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    key.writeBytes(prefix);
    for (int i = 0; i < keyColumns.length; i++) {
      String part = fields.get(keyColumns[i]);
      if (part.isEmpty()) {
        return new CsvRow.Bad(line, "key column '" + columns.get(keyColumns[i]) + "' is empty");
      }
      key.writeBytes(((i == 0 ? "" : "/") + part).getBytes(StandardCharsets.UTF_8));
    }
    byte[] value = json(fields).getBytes(StandardCharsets.UTF_8);
    if (key.size() > Limits.KEY_BYTES_MAX) {
      return new CsvRow.Bad(line, tooLong("key", key.size(), Limits.KEY_BYTES_MAX));
    }
    if (value.length > Limits.VALUE_BYTES_MAX) {
      return new CsvRow.Bad(line, tooLong("value", value.length, Limits.VALUE_BYTES_MAX));
    }
    return new CsvRow.Good(line, key.toByteArray(), value);
  }

  private static String tooLong(String what, int bytes, int bytesMax) {
    return "the %s has %,d bytes, the limit is %,d".formatted(what, bytes, bytesMax);
  }

  private String json(List<String> fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JsonText.generator(text)) {
      json.writeStartObject();
      for (int i = 0; i < fields.size(); i++) {
        String column = columns.get(i);
        json.writeName(column);
        if (isNumber(fields.get(i)) && !textColumns.contains(column)) {
          json.writeRawValue(fields.get(i));
        } else {
          json.writeString(fields.get(i));
        }
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  static boolean isNumber(String text) {
    int signs = (text.startsWith("-") ? 1 : 0) + (text.indexOf('.') >= 0 ? 1 : 0);
    return text.length() - signs <= DIGITS_MAX
        && !text.equals("-0")
        && NUMBER.matcher(text).matches();
  }

  List<String> columns() {
    return new ArrayList<>(columns);
  }
}
