package io.flotilla.cli.load;

import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.keyspace.Key;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which file, and how its rows become keys and values: the same for loading and for verifying.
final class CsvOptions {
  @Parameters(
      paramLabel = "FILE.csv",
      description = "The file (UTF-8, first line: names of columns); - reads standard input.")
  private String file = "-";

  @Option(
      names = "--key",
      required = true,
      split = ",",
      hideParamSyntax = true,
      paramLabel = "COLUMN",
      description = "The column that names a row; several (A,B) are joined by '/'.")
  private List<String> key = new ArrayList<>();

  @Option(
      names = "--prefix",
      paramLabel = "P",
      defaultValue = "",
      converter = KeyText.AnyConverter.class,
      description = "What every key begins with, such as city/.")
  private Key prefix = Key.EMPTY;

  @Option(
      names = "--text",
      split = ",",
      hideParamSyntax = true,
      paramLabel = "COLUMN",
      description = "Columns that stay strings even where they look like numbers (codes, zips).")
  private List<String> text = new ArrayList<>();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "256",
      description = "Rows under way at once. Default: 256.")
  private int concurrency = 256;

  @Option(
      names = "--skip-bad",
      description = "Report bad rows and go on, instead of stopping at the first.")
  private boolean skipBad;

  CsvOptions() {}

  /// For callers that are not a command line.
  CsvOptions(List<String> key, byte[] prefix, List<String> text) {
    this.key = key;
    this.prefix = Key.of(prefix);
    this.text = text;
  }

  void requireValid() {
    if (concurrency < 1 || concurrency > 65_536) {
      throw new WrongUsage("--concurrency must be 1 to 65536, got " + concurrency);
    }
  }

  String file() {
    return file;
  }

  List<String> key() {
    return key;
  }

  byte[] prefix() {
    return prefix.bytes();
  }

  List<String> text() {
    return text;
  }

  int concurrency() {
    return concurrency;
  }

  boolean skipBad() {
    return skipBad;
  }
}
