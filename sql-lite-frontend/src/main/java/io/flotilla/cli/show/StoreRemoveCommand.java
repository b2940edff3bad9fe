package io.flotilla.cli.show;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.keyspace.StoreId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flotilla store remove`.
@Command(
    name = "remove",
    customSynopsis = "flotilla store remove STORE [OPTIONS]",
    header = "Take a store out of the fleet for good, whether it runs or not.",
    description = {
      "Its replicas are replaced on other stores, in the background; 'flotilla store list' shows",
      "how many are left. A store that runs goes on serving until none is left; then its node may",
      "be stopped. It cannot join again but with an empty folder.",
      "Refused if data could be lost with the store, or if no other store can take its replicas."
    },
    footer = {"", "Example:", "  flotilla store remove 3"})
public final class StoreRemoveCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(paramLabel = "STORE", description = "The store's id (see: flotilla store list).")
  private long store;

  public StoreRemoveCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (store < 1) {
      throw new WrongUsage("store ids start at 1, got " + store);
    }
    shell.with(fleet, engine -> remove(engine.fleet()));
  }

  private void remove(Fleet control) {
    long left = control.removeStore(new StoreId(store));
    if (fleet.json()) {
      shell.printJson(JsonText.object().with("store", store).with("replicasLeft", left));
    } else if (left == 0) {
      shell.print("store " + store + " is removed; nothing is left on it");
    } else {
      shell.print(
          "store %d is being removed: %s to move; follow it with 'flotilla store list'"
              .formatted(store, Human.plural(left, "replica")));
    }
  }
}
