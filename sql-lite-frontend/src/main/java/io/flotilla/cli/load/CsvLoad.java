package io.flotilla.cli.load;

import io.flotilla.cli.flow.FlowStats;
import io.flotilla.cli.flow.Pipeline;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.Engine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts every row of a CSV file.
public final class CsvLoad {
  private CsvLoad() {}

  /// What was loaded.
  public record Report(
      long rows, long skipped, Duration elapsed, Duration longestPause, long retries) {
    public long rowsPerSecond() {
      return Math.round(rows / Math.max(elapsed.toNanos() / 1e9, 1e-3));
    }
  }

  /// Which columns make the key after the prefix, and which stay text.
  public record Columns(List<String> key, String prefix, List<String> text) {}

  /// Loads with the defaults of everything else.
  public static Report load(Shell shell, Engine engine, CsvSource source, Columns columns) {
    byte[] prefix = KeyText.parse(columns.prefix());
    CsvOptions options = new CsvOptions(columns.key(), prefix, columns.text());
    return load(shell, engine, source, new Plan(options, Duration.ofMinutes(1), null));
  }

  /// How a file is loaded.
  ///
  /// @param patience how long one row is tried
  /// @param acked gets every acknowledged key; null: nobody wants them
  record Plan(CsvOptions options, Duration patience, @Nullable AckedLog acked) {}

  static Report load(Shell shell, Engine engine, CsvSource source, Plan plan) {
    Pipeline pipeline = new Pipeline(plan.options().concurrency(), plan.patience());
    RowWalk walk = new RowWalk(shell, source, plan.options(), pipeline);
    walk.run(row ->
        pipeline.submit(
            source.name() + " line " + row.line(),
            () -> engine.putAsync(row.key(), row.value()),
            _ -> {
              if (plan.acked() != null) {
                plan.acked().add(row.key());
              }
            }));
    FlowStats stats = pipeline.stats();
    return new Report(
        stats.done(), walk.bad(), stats.elapsed(), stats.longestPause(), stats.retries());
  }
}
