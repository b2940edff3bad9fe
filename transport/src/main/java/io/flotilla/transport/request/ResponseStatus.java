package io.flotilla.transport.request;

/// The status byte of a response (docs/formats.md).
final class ResponseStatus {
  static final int OK = 0;
  static final int REFUSED = 1;
  static final int FAILED = 2;

  private ResponseStatus() {}
}
