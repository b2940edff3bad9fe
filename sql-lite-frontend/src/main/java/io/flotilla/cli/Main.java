package io.flotilla.cli;

import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.Terminal;
import io.flotilla.engine.node.FleetClient;

/// Where the launcher enters.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Terminal terminal = Terminal.system();
    int code;
    if (args.length == 1 && args[0].equals("--version")) {
      // Scripts ask this often: answer before anything else is loaded.
      terminal.out().println("flotilla " + Version.text());
      code = Commands.DONE;
    } else {
      code = Commands.run(new Shell(terminal, FleetClient::connect), RawArguments.utf8(args));
    }
    terminal.out().flush();
    System.exit(code);
  }
}
