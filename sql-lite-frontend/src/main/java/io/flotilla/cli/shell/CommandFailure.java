package io.flotilla.cli.shell;

/// The command failed, for a reason a person can act on: one line that says what, where, what to
/// try.
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandFailure(String message) {
    super(message);
  }

  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
