package io.flotilla.engine;

/// The folder could not be opened: locked, foreign, newer, damaged. The message says which, and
/// what to try.
public final class StoreOpenException extends EngineException {
  private static final long serialVersionUID = 1L;

  public StoreOpenException(String message) {
    super(message);
  }

  public StoreOpenException(String message, Throwable cause) {
    super(message, cause);
  }
}
