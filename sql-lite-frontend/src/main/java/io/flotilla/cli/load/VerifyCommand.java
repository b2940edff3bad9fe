package io.flotilla.cli.load;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.Engine;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla kv verify`.
@Command(
    name = "verify",
    customSynopsis = "flotilla kv verify FILE.csv --key COLUMN [OPTIONS]",
    header = "Check that a CSV file is loaded: read every row back and compare.",
    description = {
      "Use the options it was loaded with. Says which rows are missing or have another value, and "
          + "fails if there is one: after a restore, a migration, or the death of a node."
    },
    footer = {"", "Example:", "  flotilla kv verify cities.csv --key city_id --prefix city/"})
public final class VerifyCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();
  @Mixin private CsvOptions csv = new CsvOptions();
  @Mixin private RowsOptions rows = new RowsOptions();

  public VerifyCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    csv.requireValid();
    CsvSource source = CsvSource.open(csv.file(), shell.terminal().in());
    CsvVerify verify =
        new CsvVerify(
            shell, source, Optional.ofNullable(rows.ackedLog()).map(AckedLog::read).orElse(null));
    CsvVerify.Report report;
    try (Engine engine = shell.connect(fleet)) {
      report = verify.verify(engine, csv, rows.retryFor());
    }
    print(report);
    if (!report.isGood()) {
      throw new CommandFailure(
          "%s is not what the fleet holds: %,d rows missing, %,d different"
              .formatted(source.name(), report.missing(), report.different()));
    }
  }

  private void print(CsvVerify.Report report) {
    if (fleet.json()) {
      shell.printJson(
          JsonText.object()
              .with("rows", report.rows())
              .with("missing", report.missing())
              .with("different", report.different())
              .with("notLoaded", report.notLoaded())
              .with("seconds", report.elapsed().toMillis() / 1e3));
    } else {
      shell.print(
          "%s read back in %s: %s missing, %s different%s"
              .formatted(
                  Human.plural(report.rows(), "row"),
                  Human.duration(report.elapsed()),
                  Human.count(report.missing()),
                  Human.count(report.different()),
                  rows.ackedLog() == null
                      ? ""
                      : ", "
                          + Human.count(report.notLoaded())
                          + " never acknowledged and not there"));
    }
  }
}
