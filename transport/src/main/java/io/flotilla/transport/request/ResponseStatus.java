package io.flotilla.transport.request;

/// The status byte of a response (docs/formats.md).
final class ResponseStatus {
  static final int OK = 0;
  static final int REFUSED = 1;
  static final int FAILED = 2;

  /// The asker's deadline had passed when its request came to be served: not executed.
  static final int EXPIRED = 3;

  private ResponseStatus() {}
}
