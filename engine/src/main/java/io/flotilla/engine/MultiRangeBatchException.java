package io.flotilla.engine;

/// Definitely not done: the batch's keys lie in several ranges, and transactions over several
/// ranges are not there yet.
public final class MultiRangeBatchException extends EngineException {
  private static final long serialVersionUID = 1L;

  public MultiRangeBatchException(String message) {
    super(message);
  }

  public MultiRangeBatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
