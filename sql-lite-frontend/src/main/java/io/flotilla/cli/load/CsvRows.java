package io.flotilla.cli.load;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.KeyText;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rows of a CSV file (RFC 4180, UTF-8, first line: names of columns), one after the other.
final class CsvRows implements AutoCloseable {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final CsvText text;
  private final CsvReader.CsvReaderBuilder parser =
      CsvReader.builder().skipEmptyLines(false).maxBufferSize(2 * CsvText.BYTES_MAX);
  private final RowShape shape;

  private CsvRows(CsvText text, CsvOptions options) throws IOException {
    this.text = text;
    this.shape = RowShape.of(header(), options);
  }

  /// Reads the header.
  ///
  /// @throws CommandFailure if there is none, or it lacks a column the options name
  static CsvRows open(InputStream in, CsvOptions options) throws IOException {
    return new CsvRows(new CsvText(in), options);
  }

  private List<String> header() throws IOException {
    CsvText.Piece piece =
        text.next()
            .orElseThrow(() ->
                new CommandFailure("the file is empty: its first line must name the columns"));
    try {
      List<String> names = new ArrayList<>(fields(piece));
      names.set(0, withoutMark(names.getFirst()));
      return names;
    } catch (BadRecord e) {
      throw new CommandFailure("line " + piece.line() + ": " + e.getMessage(), e);
    }
  }

  private static String withoutMark(String name) {
    return name.startsWith(BYTE_ORDER_MARK) ? name.substring(1) : name;
  }

  /// The next row, good or bad; nothing at the end of the file.
  Optional<CsvRow> next() throws IOException {
    return text.next().map(this::row);
  }

  private CsvRow row(CsvText.Piece piece) {
    try {
      return shape.row(piece.line(), fields(piece));
    } catch (BadRecord e) {
      return new CsvRow.Bad(piece.line(), e.getMessage());
    }
  }

  private List<String> fields(CsvText.Piece piece) throws BadRecord {
    if (!piece.closed()) {
      throw new BadRecord("malformed CSV: a quoted field that is not closed, or too long a row");
    }
    String record =
        KeyText.utf8(piece.bytes()).orElseThrow(() -> new BadRecord("is not valid UTF-8 text"));
    try {
      return parser.ofSingleCsvRecord(record).getFields();
    } catch (CsvParseException e) {
      throw new BadRecord("malformed CSV: " + reason(e));
    }
  }

  // The library counts lines from the start of the text it was given; ours is one record.
  private static String reason(CsvParseException e) {
    String message = String.valueOf(e.getMessage());
    int place = message.indexOf(" (record starting");
    String reason = place < 0 ? message : message.substring(0, place);
    return reason.isEmpty()
        ? reason
        : Character.toLowerCase(reason.charAt(0)) + reason.substring(1);
  }

  long bytesRead() {
    return text.bytesRead();
  }

  @Override
  public void close() throws IOException {
    text.close();
  }

  private static final class BadRecord extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    private BadRecord(String reason) {
      super(reason);
      this.reason = reason;
    }

    @Override
    public String getMessage() {
      return reason;
    }
  }
}
