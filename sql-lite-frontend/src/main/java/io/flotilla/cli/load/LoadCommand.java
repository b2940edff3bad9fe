package io.flotilla.cli.load;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.Engine;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla kv load`.
@Command(
    name = "load",
    customSynopsis = "flotilla kv load FILE.csv --key COLUMN [OPTIONS]",
    header = "Load a CSV file: every row becomes one JSON value.",
    description = {
      "The key is the prefix and the key column's text; the value a JSON object "
          + "with a property for each column. A field is a JSON number where its "
          + "text is one in shortest form (17, -3.25), else a string (007, 1.50). "
          + "Rows are put in parallel; a row that fails because a node is busy or "
          + "away is put again, so the death of one node only pauses the load. "
          + "Loading a file twice changes nothing. At the first bad row loading "
          + "stops, unless --skip-bad is given."
    },
    footer = {
      "",
      "Examples:",
      "  flotilla kv load cities.csv --key city_id --prefix city/",
      "  flotilla kv load cities.csv --key country,city_id --prefix city/"
    })
public final class LoadCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();
  @Mixin private CsvOptions csv = new CsvOptions();
  @Mixin private RowsOptions rows = new RowsOptions();

  public LoadCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    csv.requireValid();
    CsvSource source = CsvSource.open(csv.file(), shell.terminal().in());
    CsvLoad.Report report;
    try (Engine engine = shell.connect(fleet)) {
      report = load(engine, source);
    }
    if (fleet.json()) {
      shell.printJson(
          JsonText.object()
              .with("rows", report.rows())
              .with("skipped", report.skipped())
              .with("seconds", report.elapsed().toMillis() / 1e3)
              .with("rowsPerSecond", report.rowsPerSecond())
              .with("longestPauseMillis", report.longestPause().toMillis())
              .with("retries", report.retries()));
    } else {
      shell.print(line(report));
    }
  }

  private CsvLoad.Report load(Engine engine, CsvSource source) {
    try (AckedLog acked = Optional.ofNullable(rows.ackedLog()).map(AckedLog::create).orElse(null)) {
      return CsvLoad.load(shell, engine, source, new CsvLoad.Plan(csv, rows.retryFor(), acked));
    }
  }

  /// `135,233 rows in 12.3 s: 10,995 rows/s, longest pause 2.1 s, 257 retries`.
  static String line(CsvLoad.Report report) {
    String skipped = report.skipped() == 0 ? "" : ", " + Human.count(report.skipped()) + " skipped";
    return "%s%s in %s: %s rows/s, longest pause %s, %s retries"
        .formatted(
            Human.plural(report.rows(), "row"),
            skipped,
            Human.duration(report.elapsed()),
            Human.count(report.rowsPerSecond()),
            Human.duration(report.longestPause()),
            Human.count(report.retries()));
  }
}
