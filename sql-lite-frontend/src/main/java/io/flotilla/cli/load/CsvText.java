package io.flotilla.cli.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/// Cuts a CSV file into the texts of its records without reading their fields: a record ends at the
/// first line end that is not inside quotes.
///
/// A quote that is never closed would swallow the rest of the file; so a record is given up on
/// after [#LINES_MAX] lines or [#BYTES_MAX] bytes, only its first line counts as bad, and reading
/// goes on at the second. That is why this is not left to the CSV library, which cannot go on after
/// an error.
final class CsvText implements AutoCloseable {
  static final int LINES_MAX = 1_000;
  static final int BYTES_MAX = 4 << 20;

  private final InputStream in;
  private final Deque<Line> pushedBack = new ArrayDeque<>();
  private long linesRead;
  private volatile long bytesRead;

  /// Text of one record as it is in the file, without the last line end.
  ///
  /// @param line its first line's number, from 1
  /// @param closed false: a quote in it is never closed, or it is too long
  record Piece(long line, byte[] bytes, boolean closed) {}

  private record Line(long number, byte[] bytes, boolean whole) {}

  CsvText(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
  }

  /// How much was read, for a progress display in another thread.
  long bytesRead() {
    return bytesRead;
  }

  /// The next record; empty lines between records are passed over.
  Optional<Piece> next() throws IOException {
    Optional<Line> first = nextLine();
    while (first.isPresent() && first.get().bytes().length == 0) {
      first = nextLine();
    }
    return first.isEmpty() ? Optional.empty() : Optional.of(record(first.get()));
  }

  private Piece record(Line first) throws IOException {
    if (!first.whole()) {
      return new Piece(first.number(), first.bytes(), false);
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(first.bytes());
    Quotes quotes = new Quotes();
    quotes.walk(first.bytes());
    Deque<Line> more = new ArrayDeque<>();
    while (quotes.open) {
      Optional<Line> line = nextLine();
      line.ifPresent(more::add);
      if (line.isEmpty() || isTooLong(text, more) || !line.get().whole()) {
        more.descendingIterator().forEachRemaining(pushedBack::addFirst);
        return new Piece(first.number(), first.bytes(), false);
      }
      text.write('\n');
      text.writeBytes(line.get().bytes());
      quotes.walk(line.get().bytes());
    }
    return new Piece(first.number(), text.toByteArray(), true);
  }

  private static boolean isTooLong(ByteArrayOutputStream text, Deque<Line> more) {
    return more.size() > LINES_MAX || text.size() + more.getLast().bytes().length > BYTES_MAX;
  }

  private Optional<Line> nextLine() throws IOException {
    if (!pushedBack.isEmpty()) {
      return Optional.of(pushedBack.removeFirst());
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    long read = 0;
    int b = in.read();
    if (b < 0) {
      return Optional.empty();
    }
    for (; b >= 0 && b != '\n'; b = in.read()) {
      read++;
      if (line.size() <= BYTES_MAX) {
        line.write(b);
      }
    }
    linesRead++;
    bytesRead = bytesRead + read + 1;
    return Optional.of(new Line(linesRead, withoutReturn(line), line.size() <= BYTES_MAX));
  }

  private static byte[] withoutReturn(ByteArrayOutputStream line) {
    byte[] bytes = line.toByteArray();
    int length = bytes.length;
    boolean hasReturn = length > 0 && bytes[length - 1] == '\r';
    return hasReturn ? Arrays.copyOf(bytes, length - 1) : bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// Whether the walk over a record is inside a quoted field. A quote opens only at the start of a
  /// field; inside, two stand for one.
  private static final class Quotes {
    private boolean open;

    private void walk(byte[] line) {
      boolean fieldStart = !open;
      for (int i = 0; i < line.length; i++) {
        byte b = line[i];
        if (open) {
          if (b == '"' && i + 1 < line.length && line[i + 1] == '"') {
            i++;
          } else if (b == '"') {
            open = false;
          }
        } else if (b == '"' && fieldStart) {
          open = true;
        }
        fieldStart = !open && b == ',';
      }
    }
  }
}
