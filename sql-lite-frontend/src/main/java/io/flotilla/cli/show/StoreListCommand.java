package io.flotilla.cli.show;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.admin.StoreStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla store list`.
@Command(name = "list", header = "All stores of the fleet: where, how much, when last seen.")
public final class StoreListCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  public StoreListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(engine.fleet().stores()));
  }

  private void print(List<StoreStatus> stores) {
    if (fleet.json()) {
      shell.printJson(stores.stream().map(StoreText::json).toList());
    } else {
      shell.terminal().out().print(StoreText.table(stores));
    }
  }
}
