package io.flotilla.engine;

/// A call failed. Every subtype says what to do; every message what went wrong, where, and what to
/// try.
public abstract sealed class EngineException extends RuntimeException
    permits BusyException,
        DiskFullException,
        UnavailableException,
        DeadlineException,
        OutcomeUnknownException,
        TooLargeException,
        MultiRangeBatchException,
        SnapshotTooOldException,
        ClosedException,
        StoreOpenException,
        RejectedException {
  private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }

  EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
