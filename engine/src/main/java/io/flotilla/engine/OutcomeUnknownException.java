package io.flotilla.engine;

/// It may or may not have been done, or may be done soon. Read before you write again.
public final class OutcomeUnknownException extends EngineException {
  private static final long serialVersionUID = 1L;

  public OutcomeUnknownException(String message) {
    super(message);
  }

  public OutcomeUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
