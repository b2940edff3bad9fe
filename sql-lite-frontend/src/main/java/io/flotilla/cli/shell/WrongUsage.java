package io.flotilla.cli.shell;

/// The options and arguments do not fit together: one line that says why.
public final class WrongUsage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WrongUsage(String message) {
    super(message);
  }
}
