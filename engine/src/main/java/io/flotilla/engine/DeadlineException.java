package io.flotilla.engine;

/// Definitely not done before the deadline; the message says what it waited for.
public final class DeadlineException extends EngineException {
  private static final long serialVersionUID = 1L;

  public DeadlineException(String message) {
    super(message);
  }

  public DeadlineException(String message, Throwable cause) {
    super(message, cause);
  }
}
