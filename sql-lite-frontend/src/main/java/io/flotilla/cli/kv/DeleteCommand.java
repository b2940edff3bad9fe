package io.flotilla.cli.kv;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.JsonText;
import io.flotilla.keyspace.Key;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flotilla kv delete`.
@Command(
    name = "delete",
    header = "Delete keys; one that is not there is no error.",
    footer = {"", "Example:", "  flotilla kv delete greeting"})
public final class DeleteCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "KEY",
      converter = KeyText.Converter.class,
      description = "UTF-8 text; any byte as \\xNN.")
  private List<Key> keys = new ArrayList<>();

  public DeleteCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> keys.forEach(key -> engine.delete(key.bytes())));
    if (fleet.json()) {
      shell.printJson(JsonText.object().with("deleted", keys.stream().map(KeyText::of).toList()));
    }
  }
}
