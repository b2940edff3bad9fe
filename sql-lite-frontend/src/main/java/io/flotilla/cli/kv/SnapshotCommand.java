package io.flotilla.cli.kv;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.JsonText;
import io.flotilla.keyspace.Timestamp;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla kv snapshot`.
@Command(
    name = "snapshot",
    header = "Print the present moment of the fleet, to read at later with --at.",
    description = {"It stays readable for the fleet's retention time (10 minutes by default)."},
    footer = {"", "Example:", "  flotilla kv scan city/ --at $(flotilla kv snapshot)"})
public final class SnapshotCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  public SnapshotCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(engine.snapshot().timestamp()));
  }

  private void print(Timestamp timestamp) {
    if (fleet.json()) {
      shell.printJson(
          JsonText.object()
              .with("timestamp", timestamp.value())
              .with("time", Instant.ofEpochMilli(timestamp.millis())));
    } else {
      shell.print(Long.toString(timestamp.value()));
    }
  }
}
