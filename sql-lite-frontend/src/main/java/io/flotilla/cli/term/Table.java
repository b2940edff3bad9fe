package io.flotilla.cli.term;

import java.util.ArrayList;
import java.util.List;

/// Aligned columns for people: `STORE ADDRESS RANGES`, numbers to the right, two spaces between.
public final class Table {
  private static final int CELL_COLUMNS_MAX = 48;

  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  private record Column(String title, boolean right) {}

  /// A column of text.
  public Table left(String title) {
    columns.add(new Column(title, false));
    return this;
  }

  /// A column of numbers.
  public Table right(String title) {
    columns.add(new Column(title, true));
    return this;
  }

  public Table row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns.size());
    }
    List<String> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      row.add(TextWidth.fit(cell.toString(), CELL_COLUMNS_MAX));
    }
    rows.add(row);
    return this;
  }

  /// The lines, each ended; without trailing spaces.
  public String render() {
    int[] widths = widths();
    StringBuilder text = new StringBuilder();
    append(text, columns.stream().map(Column::title).toList(), widths);
    for (List<String> row : rows) {
      append(text, row, widths);
    }
    return text.toString();
  }

  private int[] widths() {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = TextWidth.of(columns.get(i).title());
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
      }
    }
    return widths;
  }

  private void append(StringBuilder text, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String padding = " ".repeat(widths[i] - TextWidth.of(cell));
      line.append(i == 0 ? "" : "  ");
      line.append(columns.get(i).right() ? padding + cell : cell + padding);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
