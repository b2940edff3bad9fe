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
import java.nio.file.attribute.FileTime;
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
          + "ahead-of-time cache (JEP 514 and 515) for the nodes that start later. Without it "
          + "the first moments of anything new, such as the elections after a store's "
          + "death, share the CPU with the compiler. For machines that serve many "
          + "ranges: once for each build, while the machine has nothing else to do. "
          + "Nodes should get the FLOTILLA_JAVA_OPTS that it gets. Takes about a minute and "
          + "a half on two cores; the trial's data is deleted."
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
      description = "How many to cut, 200 to 10000. Default: 4000.")
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
    // With fewer there is little to learn from, and more take longer than the trial waits.
    if (ranges < 200 || ranges > 10_000) {
      throw new WrongUsage("--ranges must be 200 to 10000, got " + ranges);
    }
    Path file = output.toAbsolutePath();
    Path parent = parentOf(file);
    long began = System.nanoTime();
    Build build = Build.beside(file);
    TrialFolder folder = TrialFolder.makeIn(parent, "flotilla-train");
    Trial trial = new Trial(shell, folder.path());
    StopSignal signal =
        StopSignal.onSignal(() -> {
          trial.end();
          folder.delete();
          return 1;
        });
    try {
      Path learnt = trial.run(ranges);
      if (!build.isSame(file)) {
        throw Build.another();
      }
      keep(learnt, file);
    } catch (RuntimeException e) {
      // What fails because of a signal is not told.
      if (signal.disarm()) {
        trial.end();
        if (!build.isSame(file)) {
          // Whatever failed: the nodes' own files were replaced, and the folder with them.
          folder.delete();
          throw Build.another();
        }
        throw folder.withLogs(e);
      }
      return;
    }
    if (signal.disarm()) {
      trial.end();
      folder.delete();
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      shell.print("trained in " + Human.duration(took) + ": nodes that start from now on use it");
    }
  }

  /// Says now what would only be found out after the trial.
  private static Path parentOf(Path file) {
    Path parent = file.getParent();
    if (parent == null || Files.isDirectory(file)) {
      throw new CommandFailure("the cache is to be a file, and " + file + " is a folder");
    }
    if (!Files.isDirectory(parent) || !Files.isWritable(parent)) {
      throw new CommandFailure("cannot keep the cache in " + parent + ": no folder to write to");
    }
    return parent;
  }

  /// In one step: nodes that start meanwhile find the old one or the new one.
  ///
  /// @param cache on the file system of `file`
  static void keep(Path cache, Path file) {
    try {
      Files.move(cache, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CommandFailure("cannot keep the cache as " + file + ": " + IoReason.of(e), e);
    }
  }

  /// What the launcher built and for which JDK, as far as it is beside the cache: a cache belongs
  /// to both, and the launcher may replace them while the trial runs.
  ///
  /// @param built when; null: it says nowhere
  /// @param javaHome null: it says nowhere
  record Build(@Nullable FileTime built, @Nullable String javaHome) {
    static Build beside(Path cache) {
      Path stamp = cache.resolveSibling("stamp");
      Path home = cache.resolveSibling("java_home");
      try {
        return new Build(
            Files.exists(stamp) ? Files.getLastModifiedTime(stamp) : null,
            Files.exists(home) ? Files.readString(home) : null);
      } catch (IOException e) {
        // Also if it is being replaced just now.
        throw new CommandFailure("cannot tell what was built: " + IoReason.of(e), e);
      }
    }

    boolean isSame(Path cache) {
      return equals(beside(cache));
    }

    static CommandFailure another() {
      return new CommandFailure("built anew meanwhile: train again");
    }
  }
}
