package io.flotilla.cli.load;

import io.flotilla.cli.flow.FlowStats;
import io.flotilla.cli.flow.Pipeline;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.ProgressLine;
import io.flotilla.cli.term.ProgressText;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// Walks all rows of a file with a progress display; stops at the first bad row, or reports and
/// counts it.
final class RowWalk {
  private final Shell shell;
  private final CsvSource source;
  private final CsvOptions options;
  private final Pipeline pipeline;
  private long bad;

  RowWalk(Shell shell, CsvSource source, CsvOptions options, Pipeline pipeline) {
    this.shell = shell;
    this.source = source;
    this.options = options;
    this.pipeline = pipeline;
  }

  /// Gives every good row to `action`, which submits to the pipeline, and waits for what it
  /// started.
  void run(Consumer<CsvRow.Good> action) {
    try (CsvRows rows = CsvRows.open(source.in(), options);
        ProgressLine _ = ProgressLine.start(shell.terminal(), () -> moment(rows))) {
      walk(rows, action);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + source.name() + ": " + IoReason.of(e), e);
    }
  }

  private void walk(CsvRows rows, Consumer<CsvRow.Good> action) throws IOException {
    for (Optional<CsvRow> row = rows.next(); row.isPresent(); row = rows.next()) {
      switch (row.get()) {
        case CsvRow.Good good -> action.accept(good);
        case CsvRow.Bad bad -> onBad(bad);
      }
    }
    pipeline.finish();
  }

  private void onBad(CsvRow.Bad row) {
    String what = source.name() + " line " + row.line() + ": " + row.reason();
    if (!options.skipBad()) {
      pipeline.finish();
      throw new CommandFailure(
          what + " (%,d rows before it are done; --skip-bad goes on)".formatted(done()));
    }
    bad++;
    shell.say("flotilla: skipped " + what);
  }

  private long done() {
    return pipeline.stats().done();
  }

  /// Rows that were skipped.
  long bad() {
    return bad;
  }

  private ProgressText.Moment moment(CsvRows rows) {
    FlowStats stats = pipeline.stats();
    double share = source.bytes() > 0 ? (double) rows.bytesRead() / source.bytes() : -1;
    return new ProgressText.Moment("rows", stats.done(), share, stats.elapsed(), stats.pause());
  }
}
