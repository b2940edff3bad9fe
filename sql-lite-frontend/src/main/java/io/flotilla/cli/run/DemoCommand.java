package io.flotilla.cli.run;

import io.flotilla.cli.load.CsvLoad;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.IoReason;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.show.RangeText;
import io.flotilla.cli.term.Human;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flotilla demo`.
@Command(
    name = "demo",
    header = "Three nodes here, real data, split ranges; stays up until Ctrl-C.",
    description = {
      "Starts the nodes as processes of their own, waits until every range has "
          + "three replicas, loads 24,323 cities (GeoNames, CC BY 4.0), splits them "
          + "into six ranges and says what to try next. The data is deleted at the "
          + "end, unless --data names a folder for it."
    },
    footer = {"", "Examples:", "  flotilla demo", "  flotilla demo --nodes 5 --data demo-data"})
public final class DemoCommand implements Runnable {
  private final Shell shell;
  private final LocalFleet fleet = new LocalFleet();
  private final CountDownLatch over = new CountDownLatch(1);

  @Option(names = "--nodes", paramLabel = "N", description = "Default: 3.")
  private int nodes = 3;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep the data here. Default: a temporary folder.")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The first node's port; the others take the next ones. Default: 4100.")
  private int port = 4100;

  public DemoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (nodes < 1 || nodes > 9) {
      throw new WrongUsage("--nodes must be 1 to 9, got " + nodes);
    }
    if (port < 1 || port + nodes > 65_536) {
      throw new WrongUsage("--port must be 1 to " + (65_536 - nodes) + ", got " + port);
    }
    TrialFolder folder = folder();
    StopSignal signal = StopSignal.onSignal(() -> stop(folder));
    try {
      show(folder.path());
      over.await();
    } catch (IOException | RuntimeException e) {
      if (signal.disarm()) {
        // The data stays with the logs: they say why.
        fleet.stop();
        throw e instanceof IOException io
            ? new UncheckedIOException(io)
            : folder.withLogs((RuntimeException) e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TrialFolder folder() {
    if (data == null) {
      return TrialFolder.make("flotilla-demo");
    }
    try {
      return new TrialFolder(Files.createDirectories(data).toAbsolutePath());
    } catch (IOException e) {
      throw new CommandFailure("cannot make a folder for the data: " + IoReason.of(e), e);
    }
  }

  private void show(Path folder) throws IOException {
    tell("starting " + Human.plural(nodes, "node") + " ...");
    fleet.start(folder, nodes, port);
    try (Engine engine =
        shell.connector().connect(fleet.addresses(), new EngineOptions(Duration.ofSeconds(20)))) {
      tell("replicating ...");
      fleet.awaitReplicated(engine);
      tell("loading cities ...");
      CsvLoad.Report loaded = SampleData.load(shell, engine);
      SampleData.split(engine.fleet());
      SampleData.spreadLeaders(engine.fleet());
      fleet.awaitSizes(engine);
      tell("");
      tell(
          "%s up, %s cities loaded in %s, %s:"
              .formatted(
                  Human.plural(nodes, "node"),
                  Human.count(loaded.rows()),
                  Human.duration(loaded.elapsed()),
                  Human.plural(engine.fleet().ranges().size(), "range")));
      tell("");
      tell(RangeText.table(engine.fleet().ranges()));
    }
    tell(whatNext(folder));
  }

  private String whatNext(Path folder) {
    List<ChildNode> all = fleet.nodes();
    ChildNode last = all.getLast();
    return """
    Try, in another terminal:

      export FLOTILLA_CONNECT=%s
      @ status
      @ kv get city/CH/2657896
      @ kv scan city/IS/
      @ kv scan city/ --count
      @ range split city/JP
      @ bench --workload mixed --clients 64 --seconds 10
      kill -9 %d        # node %d dies; everything above still works

    Data and logs: %s%s
    The cities are GeoNames' (geonames.org), CC BY 4.0.

    Ctrl-C stops the fleet.\
    """
        .replace("@", launcher())
        .formatted(
            fleet.addresses(),
            last.pid(),
            last.number(),
            folder.toAbsolutePath(),
            data == null ? " (deleted at the end)" : "");
  }

  // As one would type it here: the launcher script says where it is.
  private static String launcher() {
    Path launcher = Path.of(System.getProperty("flotilla.launcher", "flotilla"));
    boolean isHere = Path.of("").toAbsolutePath().equals(launcher.getParent());
    return isHere ? "./" + launcher.getFileName() : launcher.toString();
  }

  private void tell(String line) {
    shell.print(line);
    shell.terminal().out().flush();
  }

  private int stop(TrialFolder folder) {
    fleet.stop();
    if (data == null) {
      folder.delete();
    }
    tell("stopped");
    over.countDown();
    return 0;
  }
}
