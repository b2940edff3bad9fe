package io.flotilla.engine;

/// Definitely not done: a key, value or batch is empty or over its limit.
public final class TooLargeException extends EngineException {
  private static final long serialVersionUID = 1L;

  public TooLargeException(String message) {
    super(message);
  }

  public TooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
