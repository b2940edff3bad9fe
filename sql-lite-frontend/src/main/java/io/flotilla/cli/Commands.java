package io.flotilla.cli;

import io.flotilla.cli.bench.BenchCommand;
import io.flotilla.cli.kv.CasCommand;
import io.flotilla.cli.kv.DeleteCommand;
import io.flotilla.cli.kv.GetCommand;
import io.flotilla.cli.kv.PutCommand;
import io.flotilla.cli.kv.ScanCommand;
import io.flotilla.cli.kv.SnapshotCommand;
import io.flotilla.cli.load.LoadCommand;
import io.flotilla.cli.load.VerifyCommand;
import io.flotilla.cli.run.DemoCommand;
import io.flotilla.cli.run.StartCommand;
import io.flotilla.cli.run.TrainCommand;
import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.show.RangeListCommand;
import io.flotilla.cli.show.RangeShowCommand;
import io.flotilla.cli.show.RangeSplitCommand;
import io.flotilla.cli.show.RangeTransferCommand;
import io.flotilla.cli.show.StatusCommand;
import io.flotilla.cli.show.StoreListCommand;
import io.flotilla.cli.show.StoreLivenessCommand;
import io.flotilla.cli.show.StoreRemoveCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// All commands put together, and run.
final class Commands {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private static final String DEBUG = "--debug";

  private Commands() {}

  /// Runs a command line; the result is the exit code.
  static int run(Shell shell, String... args) {
    CommandLine root = tree(shell);
    if (args.length == 0) {
      root.usage(shell.terminal().out(), Ansi.OFF);
      return DONE;
    }
    Errors errors = new Errors(shell.terminal(), List.of(args).contains(DEBUG));
    root.setParameterExceptionHandler((e, _) -> errors.wrongUsage(e));
    root.setExecutionExceptionHandler((e, command, _) -> errors.failed(e, command));
    root.setExitCodeExceptionMapper(_ -> FAILED);
    try {
      return root.execute(args);
    } catch (LinkageError | VirtualMachineError e) {
      return errors.broken(e);
    }
  }

  private static CommandLine tree(Shell shell) {
    CommandLine root =
        group("flotilla", "A fleet of stores that keeps an ordered map of keys.")
            .addSubcommand(new StartCommand(shell))
            .addSubcommand(new DemoCommand(shell))
            .addSubcommand(new StatusCommand(shell))
            .addSubcommand(stores(shell))
            .addSubcommand(ranges(shell))
            .addSubcommand(kv(shell))
            .addSubcommand(new BenchCommand(shell))
            .addSubcommand(new TrainCommand(shell));
    CommandSpec spec = root.getCommandSpec();
    spec.usageMessage().footer(rootFooter());
    spec.version("flotilla " + Version.text());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print the version.")
            .build());
    equip(root);
    return dress(root, shell);
  }

  private static String[] rootFooter() {
    return new String[] {
      "",
      "Try it:",
      "  flotilla demo       three nodes on this machine, with data; then elsewhere:",
      "  flotilla status",
      "  flotilla kv scan city/ --limit 5",
      "Each command explains itself: flotilla kv load --help",
      "Exit codes: 0 done, 1 failed, 2 the command was wrong."
    };
  }

  private static CommandLine stores(Shell shell) {
    return group("store", "Look at the stores of a fleet.")
        .addSubcommand(new StoreListCommand(shell))
        .addSubcommand(new StoreLivenessCommand(shell))
        .addSubcommand(new StoreRemoveCommand(shell));
  }

  private static CommandLine ranges(Shell shell) {
    return group("range", "Look at ranges, split them, move their leaders.")
        .addSubcommand(new RangeListCommand(shell))
        .addSubcommand(new RangeShowCommand(shell))
        .addSubcommand(new RangeSplitCommand(shell))
        .addSubcommand(new RangeTransferCommand(shell));
  }

  private static CommandLine kv(Shell shell) {
    return group("kv", "Read and write keys; load and verify CSV files.")
        .addSubcommand(new GetCommand(shell))
        .addSubcommand(new PutCommand(shell))
        .addSubcommand(new DeleteCommand(shell))
        .addSubcommand(new ScanCommand(shell))
        .addSubcommand(new CasCommand(shell))
        .addSubcommand(new SnapshotCommand(shell))
        .addSubcommand(new LoadCommand(shell))
        .addSubcommand(new VerifyCommand(shell));
  }

  private static CommandLine group(String name, String header) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().header(header).synopsisSubcommandLabel("COMMAND");
    return new CommandLine(spec);
  }

  /// Gives every command `--help` and `--debug`.
  private static void equip(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.usageMessage()
        .abbreviateSynopsis(true)
        .synopsisHeading("%nUsage: ")
        .descriptionHeading(spec.usageMessage().description().length == 0 ? "" : "%n")
        .commandListHeading("%nCommands:%n")
        .parameterListHeading("%n")
        .optionListHeading("%nOptions:%n")
        .sortOptions(false);
    spec.addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .order(FleetOptions.ORDER_LAST)
                .description("Show this help.")
                .build())
        .addOption(
            OptionSpec.builder(DEBUG)
                .type(boolean.class)
                .order(FleetOptions.ORDER_LAST)
                .description("On an error, print the stack trace too.")
                .build());
    command.getSubcommands().values().forEach(Commands::equip);
  }

  private static CommandLine dress(CommandLine root, Shell shell) {
    return root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setOut(new PrintWriter(shell.terminal().out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(shell.terminal().err(), true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false);
  }
}
