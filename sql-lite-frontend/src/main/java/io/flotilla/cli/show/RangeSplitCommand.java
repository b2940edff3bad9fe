package io.flotilla.cli.show;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.KeyText;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.keyspace.Key;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flotilla range split`.
@Command(
    name = "split",
    header = "Split a range in two; no data moves, and clients notice nothing.",
    description = {
      "By id: at the key --at names, or in the middle by size. By a key: the "
          + "range that holds it is split at that key (or at the one --at names). The "
          + "second half begins with the key."
    },
    footer = {
      "",
      "Examples:",
      "  flotilla range split 2              in the middle",
      "  flotilla range split 2 --at city/M  range 2 at this key",
      "  flotilla range split city/M         whichever range holds this key, at it"
    })
public final class RangeSplitCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "ID|KEY",
      converter = RangeChoice.Converter.class,
      description = "The range's id, or a key (one of digits only: give it to --at alone).")
  private @Nullable RangeChoice range;

  @Option(
      names = "--at",
      paramLabel = "KEY",
      converter = KeyText.Converter.class,
      description = "The first key of the second half.")
  private @Nullable Key at;

  public RangeSplitCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    RangeChoice choice = choice();
    shell.with(fleet, engine -> print(split(engine.fleet(), choice)));
  }

  private RangeChoice choice() {
    if (range != null) {
      return range;
    }
    if (at != null) {
      return new RangeChoice.ByKey(at);
    }
    throw new WrongUsage("say which range to split: flotilla range split ID|KEY [--at KEY]");
  }

  private List<RangeStatus> split(Fleet control, RangeChoice choice) {
    Optional<Key> where = at != null ? Optional.of(at) : choice.key();
    RangeStatus found = choice.find(control);
    requireSplittable(found, where);
    return control.split(found.descriptor().id(), where);
  }

  private static void requireSplittable(RangeStatus range, Optional<Key> at) {
    if (range.descriptor().isPlacement()) {
      throw new CommandFailure("range 1 is the placement group; it does not split");
    }
    if (at.isEmpty() || range.descriptor().span().canSplitAt(at.get())) {
      return;
    }
    String key = KeyText.of(at.get());
    throw new CommandFailure(
        range.descriptor().span().start().equals(at.get())
            ? "a range begins at '%s' already (range %s)".formatted(key, range.descriptor().id())
            : "'%s' is not in range %s, which holds [%s, %s)"
                .formatted(
                    key, range.descriptor().id(), RangeText.from(range), RangeText.to(range)));
  }

  private void print(List<RangeStatus> halves) {
    if (fleet.json()) {
      shell.printJson(halves.stream().map(RangeText::json).toList());
    } else {
      shell.terminal().out().print(RangeText.table(halves));
    }
  }
}
