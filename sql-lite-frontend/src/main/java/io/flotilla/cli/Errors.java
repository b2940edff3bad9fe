package io.flotilla.cli;

import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.cli.term.Terminal;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.node.NodeStartException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns whatever goes wrong into `flotilla: …`, one line on standard error, and an exit code.
///
/// @param debug print the stack trace as well
record Errors(Terminal terminal, boolean debug) {
  /// The command line itself was wrong.
  int wrongUsage(ParameterException e) {
    say(usageMessage(e));
    hint(e.getCommandLine());
    trace(e);
    return Commands.USAGE;
  }

  private static String usageMessage(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      String names = String.join(", ", unmatched.getUnmatched());
      String hint =
          suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?";
      return names.startsWith("-")
          ? "unknown option " + names + hint + " (before a value that begins with '-' write --)"
          : "unknown argument " + names + hint;
    }
    return String.valueOf(e.getMessage());
  }

  /// The command was right but could not be done.
  int failed(Exception e, CommandLine command) {
    terminal.out().flush();
    if (e instanceof WrongUsage) {
      say(String.valueOf(e.getMessage()));
      hint(command);
      return Commands.USAGE;
    }
    if (isExplained(e)) {
      say(String.valueOf(e.getMessage()));
    } else {
      say(
          "internal error: %s%s (--debug shows where; please report it)"
              .formatted(
                  e.getClass().getSimpleName(),
                  e.getMessage() == null ? "" : ": " + e.getMessage()));
    }
    trace(e);
    return Commands.FAILED;
  }

  /// The JVM itself gave up: a damaged installation, no memory left.
  int broken(Error e) {
    terminal.out().flush();
    say(
        e instanceof OutOfMemoryError
            ? "out of memory: " + e.getMessage() + "; give it more with FLOTILLA_JAVA_OPTS=-Xmx…"
            : "the installation is damaged or incomplete: " + e);
    trace(e);
    return Commands.FAILED;
  }

  private static boolean isExplained(Exception e) {
    return e instanceof CommandFailure
        || e instanceof EngineException
        || e instanceof NodeStartException;
  }

  private void say(String message) {
    terminal.err().println("flotilla: " + message.strip().replaceAll("\\s*\\R\\s*", "; "));
  }

  private void hint(CommandLine command) {
    terminal.err().println("try: " + command.getCommandSpec().qualifiedName() + " --help");
  }

  private void trace(Throwable thrown) {
    if (!debug) {
      return;
    }
    for (Throwable one = thrown; one != null; one = one.getCause()) {
      terminal.err().println(one);
      for (StackTraceElement frame : one.getStackTrace()) {
        terminal.err().println("    at " + frame);
      }
    }
  }
}
