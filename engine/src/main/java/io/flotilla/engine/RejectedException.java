package io.flotilla.engine;

/// Definitely not done, and trying again does not help: the request itself cannot be carried out.
public final class RejectedException extends EngineException {
  private static final long serialVersionUID = 1L;

  public RejectedException(String message) {
    super(message);
  }

  public RejectedException(String message, Throwable cause) {
    super(message, cause);
  }
}
