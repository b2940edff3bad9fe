package io.flotilla.cli.load;

import io.flotilla.cli.flow.Pipeline;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.Engine;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Reads back every row of a CSV file and compares.
final class CsvVerify {
  private static final int SHOWN_MAX = 10;

  private final Shell shell;
  private final CsvSource source;
  private final @Nullable Set<String> required;
  private final LongAdder missing = new LongAdder();
  private final LongAdder different = new LongAdder();
  private final LongAdder notLoaded = new LongAdder();

  /// @param required the keys that must be there; null: all of them
  CsvVerify(Shell shell, CsvSource source, @Nullable Set<String> required) {
    this.shell = shell;
    this.source = source;
    this.required = required;
  }

  /// What was found.
  ///
  /// @param missing rows that must be there and are not
  /// @param different rows with another value than the file's
  /// @param notLoaded rows that are not there and need not be
  record Report(long rows, long missing, long different, long notLoaded, Duration elapsed) {
    boolean isGood() {
      return missing == 0 && different == 0;
    }
  }

  Report verify(Engine engine, CsvOptions options, Duration patience) {
    Pipeline pipeline = new Pipeline(options.concurrency(), patience);
    RowWalk walk = new RowWalk(shell, source, options, pipeline);
    walk.run(row ->
        pipeline.submit(
            source.name() + " line " + row.line(),
            () -> engine.getAsync(row.key()),
            found -> compare(row, found)));
    return new Report(
        pipeline.stats().done(),
        missing.sum(),
        different.sum(),
        notLoaded.sum(),
        pipeline.stats().elapsed());
  }

  private void compare(CsvRow.Good row, Optional<byte[]> found) {
    String key = KeyText.of(row.key());
    if (found.isPresent()) {
      if (!Arrays.equals(found.get(), row.value())) {
        report(different, "line " + row.line() + ": " + key + " has another value");
      }
    } else if (required == null || required.contains(key)) {
      report(missing, "line " + row.line() + ": " + key + " is missing");
    } else {
      notLoaded.increment();
    }
  }

  private void report(LongAdder counter, String what) {
    counter.increment();
    if (counter.sum() <= SHOWN_MAX) {
      shell.say(source.name() + " " + what);
    }
  }
}
