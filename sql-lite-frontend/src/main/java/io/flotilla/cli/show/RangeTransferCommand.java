package io.flotilla.cli.show;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flotilla range transfer-leader`.
@Command(
    name = "transfer-leader",
    customSynopsis = "flotilla range transfer-leader ID|KEY --to STORE [OPTIONS]",
    header = "Let another replica of a range lead it.",
    footer = {"", "Example:", "  flotilla range transfer-leader 2 --to 3"})
public final class RangeTransferCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(
      paramLabel = "ID|KEY",
      converter = RangeChoice.Converter.class,
      description = "The range's id, or any key in it.")
  private RangeChoice range = new RangeChoice.ByKey(Key.EMPTY);

  @Option(
      names = "--to",
      required = true,
      paramLabel = "STORE",
      description = "The id of a store that has a voter of it (see: flotilla range list).")
  private long to;

  public RangeTransferCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (to < 1) {
      throw new WrongUsage("store ids start at 1, got " + to);
    }
    shell.with(fleet, engine -> transfer(engine.fleet(), new StoreId(to)));
  }

  private void transfer(Fleet control, StoreId store) {
    RangeStatus found = range.find(control);
    RangeId id = found.descriptor().id();
    if (found.descriptor().replicaOn(store).isEmpty()) {
      throw new CommandFailure(
          "store %s has no replica of range %s; stores %s have"
              .formatted(store, id, RangeText.stores(found)));
    }
    control.transferLeader(id, store);
    if (fleet.json()) {
      shell.printJson(JsonText.object().with("range", id.value()).with("leader", store.value()));
    } else {
      shell.print("range " + id + " is led by store " + store);
    }
  }
}
