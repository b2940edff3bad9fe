package io.flotilla.cli.kv;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.Cursor;
import io.flotilla.engine.Engine;
import io.flotilla.engine.KeyRange;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.ScanOptions;
import io.flotilla.keyspace.Key;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flotilla kv scan`.
@Command(
    name = "scan",
    header = "Walk over keys in their order, at one consistent snapshot.",
    description = {"A line 'key<TAB>value' for each entry; with --json one object for each."},
    footer = {
      "",
      "Examples:",
      "  flotilla kv scan city/CH/                    keys with this prefix",
      "  flotilla kv scan --from a --to b --limit 0   [a, b), all of it",
      "  flotilla kv scan --reverse --limit 1         the last entry",
      "  flotilla kv scan city/ --count               how many"
    })
public final class ScanCommand implements Runnable {
  private static final long LIMIT_DEFAULT = 100;

  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();
  @Mixin private SnapshotOption at = new SnapshotOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      converter = KeyText.AnyConverter.class,
      description = "Only keys that begin with it.")
  private @Nullable Key prefix;

  @Option(
      names = "--from",
      paramLabel = "KEY",
      converter = KeyText.AnyConverter.class,
      description = "The first key (it is in).")
  private @Nullable Key from;

  @Option(
      names = "--to",
      paramLabel = "KEY",
      converter = KeyText.AnyConverter.class,
      description = "The end (it is not in).")
  private @Nullable Key to;

  @Option(names = "--reverse", description = "From the last key to the first.")
  private boolean reverse;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many entries; 0: all. Default: 100, with --count all.")
  private @Nullable Long limit;

  @Option(names = "--keys-only", description = "Leave the values out.")
  private boolean keysOnly;

  @Option(names = "--count", description = "Only say how many there are.")
  private boolean count;

  public ScanCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    KeyRange range = range();
    ScanOptions options = options();
    shell.with(fleet, engine -> walk(engine, range, options));
  }

  private KeyRange range() {
    if (prefix != null && (from != null || to != null)) {
      throw new WrongUsage("give either a PREFIX or --from and --to, not both");
    }
    if (prefix != null) {
      return KeyRange.prefix(prefix.bytes());
    }
    KeyRange range = new KeyRange(from == null ? Key.EMPTY : from, to == null ? Key.EMPTY : to);
    if (range.isEmpty()) {
      throw new WrongUsage("--from is not before --to, so nothing lies between them");
    }
    return range;
  }

  private ScanOptions options() {
    long most = limit != null ? limit : count ? 0 : LIMIT_DEFAULT;
    if (most < 0) {
      throw new WrongUsage("--limit must not be negative; 0 means all");
    }
    ScanOptions options = (reverse ? ScanOptions.REVERSE : ScanOptions.FORWARD).withLimit(most);
    return at.snapshot().map(options::at).orElse(options);
  }

  private void walk(Engine engine, KeyRange range, ScanOptions options) {
    long entries = 0;
    try (Cursor cursor = engine.scan(range, options)) {
      while (cursor.hasNext() && !(entries % 1_000 == 999 && shell.terminal().isAbandoned())) {
        KeyValue entry = cursor.next();
        entries++;
        if (!count) {
          print(entry);
        }
      }
    }
    if (count) {
      printCount(entries);
    } else if (limit == null && entries == LIMIT_DEFAULT) {
      shell.say("flotilla: stopped after 100 entries; --limit 0 prints all");
    }
  }

  private void print(KeyValue entry) {
    if (fleet.json()) {
      shell.printJson(
          keysOnly
              ? JsonText.object().with("key", KeyText.of(entry.key()))
              : Values.json(entry.key(), Optional.of(entry.value())));
      return;
    }
    shell.terminal().out().print(KeyText.of(entry.key()));
    if (!keysOnly) {
      shell.terminal().out().print('\t');
      shell.terminal().write(entry.value());
    }
    shell.print("");
  }

  private void printCount(long entries) {
    if (fleet.json()) {
      shell.printJson(JsonText.object().with("count", entries));
    } else {
      shell.print(Human.count(entries));
    }
  }
}
