package io.flotilla.transport.tls;

import org.jspecify.annotations.Nullable;

/// The files for TLS cannot be used. The message is one line, names the file, and says what to try.
public final class TlsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TlsException(String message) {
    super(message);
  }

  TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
