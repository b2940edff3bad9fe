package io.flotilla.cli.kv;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.Engine;
import io.flotilla.engine.Snapshot;
import io.flotilla.keyspace.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flotilla kv get`.
@Command(
    name = "get",
    header = "Print the value of a key, or of several as one consistent snapshot.",
    description = {
      "One key: the value's bytes and a line end. Several: a line 'key<TAB>value' each. Fails if a "
          + "key has no value."
    },
    footer = {
      "",
      "Examples:",
      "  flotilla kv get greeting",
      "  flotilla kv get 'raw\\x00key' --json"
    })
public final class GetCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();
  @Mixin private SnapshotOption at = new SnapshotOption();

  @Parameters(
      arity = "1..*",
      paramLabel = "KEY",
      converter = KeyText.Converter.class,
      description = "UTF-8 text; any byte as \\xNN, a backslash twice.")
  private List<Key> keys = new ArrayList<>();

  public GetCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(read(engine)));
  }

  private List<Optional<byte[]>> read(Engine engine) {
    List<byte[]> bytes = keys.stream().map(Key::bytes).toList();
    Optional<Snapshot> snapshot = at.snapshot();
    if (keys.size() > 1) {
      return snapshot.map(s -> engine.multiGet(bytes, s)).orElseGet(() -> engine.multiGet(bytes));
    }
    byte[] key = bytes.getFirst();
    return List.of(snapshot.map(s -> engine.get(key, s)).orElseGet(() -> engine.get(key)));
  }

  private void print(List<Optional<byte[]>> values) {
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      print(keys.get(i), values.get(i));
      if (values.get(i).isEmpty()) {
        missing.add("'" + KeyText.of(keys.get(i)) + "'");
      }
    }
    if (!missing.isEmpty()) {
      throw new CommandFailure("no value for " + String.join(", ", missing));
    }
  }

  private void print(Key key, Optional<byte[]> value) {
    if (fleet.json()) {
      shell.printJson(Values.json(key.bytes(), value));
    } else if (value.isPresent()) {
      if (keys.size() > 1) {
        shell.terminal().out().print(KeyText.of(key) + "\t");
      }
      shell.terminal().write(value.get());
      shell.print("");
    }
  }
}
