package io.flotilla.cli.load;

/// One row of a CSV file.
sealed interface CsvRow {
  /// The number of its first line, from 1.
  long line();

  /// What is to be stored.
  record Good(long line, byte[] key, byte[] value) implements CsvRow {}

  /// Why it cannot be.
  record Bad(long line, String reason) implements CsvRow {}
}
