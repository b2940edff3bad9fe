package io.flotilla.transport;

import org.jspecify.annotations.Nullable;

/// A node cannot listen where it was told to. The message is one line, names the address, and says
/// what to try.
public final class TransportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TransportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
