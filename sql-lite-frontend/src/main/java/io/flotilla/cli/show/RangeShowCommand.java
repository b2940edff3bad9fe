package io.flotilla.cli.show;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flotilla range show`.
@Command(
    name = "show",
    header = "Everything known of one range.",
    footer = {
      "",
      "Examples:",
      "  flotilla range show 2",
      "  flotilla range show city/CH/2657896   the range that holds this key"
    })
public final class RangeShowCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(
      paramLabel = "ID|KEY",
      converter = RangeChoice.Converter.class,
      description = "The range's id, or any key in it.")
  private RangeChoice range = new RangeChoice.ByKey(Key.EMPTY);

  public RangeShowCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(range.find(engine.fleet())));
  }

  private void print(RangeStatus status) {
    if (fleet.json()) {
      shell.printJson(RangeText.json(status));
    } else {
      shell.terminal().out().print(RangeText.facts(status));
    }
  }
}
