package io.flotilla.engine;

/// The engine is closed.
public final class ClosedException extends EngineException {
  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    super(message);
  }

  public ClosedException(String message, Throwable cause) {
    super(message, cause);
  }
}
