package io.flotilla.engine;

/// Definitely not done: a limit was reached. Try again a little later.
public final class BusyException extends EngineException {
  private static final long serialVersionUID = 1L;

  public BusyException(String message) {
    super(message);
  }

  public BusyException(String message, Throwable cause) {
    super(message, cause);
  }
}
