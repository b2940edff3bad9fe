package io.flotilla.codec;

/// Bytes that are no value: damaged, truncated, of a newer format, or made by a stranger. The
/// message says what was expected and what was there.
public final class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CodecException(String message) {
    super(message);
  }

  public CodecException(String message, Throwable cause) {
    super(message, cause);
  }
}
