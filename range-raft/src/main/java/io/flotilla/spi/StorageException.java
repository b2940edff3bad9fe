package io.flotilla.spi;

/// The disk failed or what is on it is damaged. The message says what, where, and what to try. A
/// store whose log throws this stops serving.
public class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }

  public StorageException(String message) {
    super(message);
  }
}
