package io.flotilla.cli.load;

import io.flotilla.cli.shell.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of the commands that walk over a whole file's rows, beside those of the file itself.
final class RowsOptions {
  @Option(
      names = "--retry-for",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = DurationConverter.class,
      description = "How long a row is tried again before the command fails. Default: 60s.")
  private Duration retryFor = Duration.ofMinutes(1);

  @Option(names = "--acked-log", hidden = true, paramLabel = "FILE")
  private @Nullable Path ackedLog;

  Duration retryFor() {
    return retryFor;
  }

  /// Where the keys are noted whose rows were acknowledged; null: nowhere.
  @Nullable Path ackedLog() {
    return ackedLog;
  }
}
