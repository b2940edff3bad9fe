package io.flotilla.cli.kv;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.JsonText;
import io.flotilla.keyspace.Key;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flotilla kv cas`.
@Command(
    name = "cas",
    customSynopsis = {
      "flotilla kv cas KEY (--expect VALUE | --expect-absent)",
      "                       (--set VALUE | --delete) [OPTIONS]"
    },
    header = "Compare and set: change a value only if it still is what you expect.",
    description = {"Fails, and changes nothing, if it is not."},
    footer = {
      "",
      "Examples:",
      "  flotilla kv cas lock --expect-absent --set me     take it",
      "  flotilla kv cas lock --expect me --delete         give it back"
    })
public final class CasCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(
      paramLabel = "KEY",
      converter = KeyText.Converter.class,
      description = "UTF-8 text; any byte as \\xNN.")
  private Key key = Key.EMPTY;

  @ArgGroup(multiplicity = "1")
  private Expected expected = new Expected();

  @ArgGroup(multiplicity = "1")
  private Update update = new Update();

  /// What must be there.
  static final class Expected {
    @Option(names = "--expect", paramLabel = "VALUE", description = "The value that must be there.")
    private @Nullable String value;

    @Option(names = "--expect-absent", description = "There must be no value.")
    private boolean absent;
  }

  /// What is to be there then.
  static final class Update {
    @Option(names = "--set", paramLabel = "VALUE", description = "The value to store then.")
    private @Nullable String value;

    @Option(names = "--delete", description = "Delete the key then.")
    private boolean delete;
  }

  public CasCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    Optional<byte[]> before = valueUnless(expected.absent, expected.value);
    Optional<byte[]> after = valueUnless(update.delete, update.value);
    AtomicBoolean done = new AtomicBoolean();
    shell.with(fleet, engine -> done.set(engine.compareAndSet(key.bytes(), before, after)));
    if (fleet.json()) {
      shell.printJson(JsonText.object().with("key", KeyText.of(key)).with("changed", done.get()));
    }
    if (!done.get()) {
      throw new CommandFailure(
          "'%s' is not what was expected; nothing changed (see: flotilla kv get %s)"
              .formatted(KeyText.of(key), KeyText.of(key)));
    }
  }

  private static Optional<byte[]> valueUnless(boolean absent, @Nullable String value) {
    return absent ? Optional.empty() : Optional.ofNullable(value).map(ValueFile::text);
  }
}
