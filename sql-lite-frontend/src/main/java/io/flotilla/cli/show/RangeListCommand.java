package io.flotilla.cli.show;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.admin.RangeStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla range list`.
@Command(
    name = "list",
    header = "All ranges in the order of their keys, the placement group first.")
public final class RangeListCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  public RangeListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(engine.fleet().ranges()));
  }

  private void print(List<RangeStatus> ranges) {
    if (fleet.json()) {
      shell.printJson(ranges.stream().map(RangeText::json).toList());
    } else {
      shell.terminal().out().print(RangeText.table(ranges));
    }
  }
}
