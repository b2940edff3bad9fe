package io.flotilla.engine;

/// Definitely not done: no replica could serve (the message says which range and which stores).
public final class UnavailableException extends EngineException {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    super(message);
  }

  public UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
