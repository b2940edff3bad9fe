package io.flotilla.cli.show;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.admin.StoreLiveness;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla store liveness`.
@Command(
    name = "liveness",
    header = "How each store stands with the others, as it sees it, and how much of it sleeps.",
    description = {
      "HEARD: the peer was heard of late. VOUCHES: since when it promises to leave alone what the",
      "store leads, so that idle ranges may sleep. VOUCHED FOR: the store promises it the same."
    })
public final class StoreLivenessCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  public StoreLivenessCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(engine.fleet().liveness()));
  }

  private void print(List<StoreLiveness> stores) {
    if (fleet.json()) {
      shell.printJson(stores.stream().map(LivenessText::json).toList());
    } else {
      shell.terminal().out().print(LivenessText.table(stores));
    }
  }
}
