package io.flotilla.engine;

/// The snapshot's versions may be collected already. Take a new snapshot.
public final class SnapshotTooOldException extends EngineException {
  private static final long serialVersionUID = 1L;

  public SnapshotTooOldException(String message) {
    super(message);
  }

  public SnapshotTooOldException(String message, Throwable cause) {
    super(message, cause);
  }
}
