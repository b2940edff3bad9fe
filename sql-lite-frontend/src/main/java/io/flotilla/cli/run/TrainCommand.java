package io.flotilla.cli.run;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.Human;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flotilla train`.
@Command(
    name = "train",
    header = "Let a trial fleet teach the JVM what nodes should compile first.",
    description = {
      "Starts three nodes here, cuts ranges, puts and gets, kills two of the nodes one "
          + "after the other, and keeps what the JVM of the third has learnt as its "
          + "ahead-of-time cache (JEP 515) for the nodes that start later. Without it "
          + "the first moments of anything new, such as the elections after a store's "
          + "death, share the CPU with the compiler. For machines that serve many "
          + "ranges: once for each build, while the machine has nothing else to do. "
          + "Takes about two minutes; the trial's data is deleted."
    },
    footer = {"", "Example:", "  flotilla train"})
public final class TrainCommand implements Runnable {
  /// Where the launcher looks for the cache.
  private static final String CACHE = "flotilla.node.cache";

  private final Shell shell;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where the cache goes. Default: where the command flotilla looks for it.")
  private @Nullable Path output = property();

  @Option(
      names = "--ranges",
      paramLabel = "N",
      description = "How many to cut, 10 to 100000. Default: 4000.")
  private int ranges = 4_000;

  public TrainCommand(Shell shell) {
    this.shell = shell;
  }

  private static @Nullable Path property() {
    String value = System.getProperty(CACHE);
    return value == null ? null : Path.of(value);
  }

  @Override
  public void run() {
    if (output == null) {
      throw new WrongUsage("--output names the file for the cache; the script flotilla knows it");
    }
    if (ranges < 10 || ranges > 100_000) {
      throw new WrongUsage("--ranges must be 10 to 100000, got " + ranges);
    }
    long began = System.nanoTime();
    TrialFolder folder = TrialFolder.make("flotilla-train");
    Trial trial = new Trial(shell, folder.path());
    StopSignal signal =
        StopSignal.onSignal(() -> {
          trial.end();
          folder.delete();
          return 1;
        });
    try {
      keep(trial.run(ranges), output);
    } finally {
      if (signal.disarm()) {
        trial.end();
        folder.delete();
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    shell.print("trained in " + Human.duration(took) + ": nodes that start from now on use it");
  }

  /// In one step: nodes that start meanwhile find the old one or the new one.
  static void keep(Path cache, Path output) {
    Path file = output.toAbsolutePath();
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.copy(cache, beside, StandardCopyOption.REPLACE_EXISTING);
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CommandFailure("cannot keep the cache as " + file + ": " + IoReason.of(e), e);
    }
  }
}
