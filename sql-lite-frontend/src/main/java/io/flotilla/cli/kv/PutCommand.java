package io.flotilla.cli.kv;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.JsonText;
import io.flotilla.keyspace.Key;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flotilla kv put`.
@Command(
    name = "put",
    customSynopsis = "flotilla kv put KEY (VALUE | --file FILE) [OPTIONS]",
    header = "Store a value under a key; a value that was there is replaced.",
    description = {"Returns once a quorum of replicas has it on disk."},
    footer = {
      "",
      "Examples:",
      "  flotilla kv put greeting 'hello, fleet'",
      "  flotilla kv put photo --file photo.jpg",
      "  date | flotilla kv put now --file -"
    })
public final class PutCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(
      index = "0",
      paramLabel = "KEY",
      converter = KeyText.Converter.class,
      description = "UTF-8 text; any byte as \\xNN.")
  private Key key = Key.EMPTY;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "UTF-8 text, may be empty ('').")
  private @Nullable String value;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Take the value's bytes from a file; -: from standard input.")
  private @Nullable String file;

  public PutCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    byte[] bytes = bytes();
    shell.with(fleet, engine -> engine.put(key.bytes(), bytes));
    if (fleet.json()) {
      shell.printJson(JsonText.object().with("key", KeyText.of(key)).with("bytes", bytes.length));
    }
  }

  private byte[] bytes() {
    if (value != null && file == null) {
      return ValueFile.text(value);
    }
    if (value == null && file != null) {
      return ValueFile.read(file, shell.terminal().in());
    }
    throw new WrongUsage("give the value either as VALUE or with --file FILE");
  }
}
