package io.flotilla.engine.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// A sequence number that a database has durably reached, kept beside it in a file of its own.
///
/// RocksDB takes a manifest or a write-ahead file that was cut short for one that was not written
/// to its end, and opens an older or even an empty database. The number of its last write then
/// tells: it is below what was reached. The file lags behind, so that only losses since its last
/// update go unseen.
///
/// ```
/// sequence 4711
/// crc32c 4a17b156
/// ```
final class Watermark {
  private static final String SEQUENCE = "sequence ";
  private static final String CHECKSUM = "crc32c ";

  private final Path file;

  Watermark(Path database) {
    this.file = database.resolveSibling(database.getFileName() + ".watermark");
  }

  synchronized void record(long sequence) {
    String body = SEQUENCE + sequence + "\n";
    try {
      DurableFiles.replace(file, (body + CHECKSUM + checksum(body) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw Failures.files("write the watermark", file, e);
    }
  }

  /// @throws io.flotilla.spi.StorageException if a database whose last write is `sequence` has lost
  ///   some
  void require(Path database, long sequence) {
    long reached = read();
    if (sequence < reached) {
      throw Failures.damaged(
          database,
          "the database ends at write "
              + sequence
              + " but had "
              + reached
              + ": its manifest or write-ahead files were cut short");
    }
  }

  private long read() {
    try {
      String text = new String(Files.readAllBytes(file), UTF_8);
      int end = text.indexOf('\n') + 1;
      String body = text.substring(0, end);
      if (!text.equals(body + CHECKSUM + checksum(body) + "\n")) {
        throw Failures.damaged(file, "the watermark is truncated or damaged");
      }
      return Long.parseLong(body.strip().substring(SEQUENCE.length()));
    } catch (IOException e) {
      throw Failures.files("read the watermark", file, e);
    }
  }

  private static String checksum(String body) {
    return HexFormat.of().toHexDigits(Checksum.of(body.getBytes(UTF_8)));
  }
}
