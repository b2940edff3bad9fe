package io.flotilla.spi;

/// The disk is full. What was asked for did not happen, or not wholly; a start with room finds all
/// that was durable.
public final class NoRoomException extends StorageException {
  private static final long serialVersionUID = 1L;

  public NoRoomException(String message, Throwable cause) {
    super(message, cause);
  }

  public NoRoomException(String message) {
    super(message);
  }
}
