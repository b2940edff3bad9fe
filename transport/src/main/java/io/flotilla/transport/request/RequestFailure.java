package io.flotilla.transport.request;

/// Why a request has no response. Only after [Unknown] and a [TimedOut] that was sent may it have
/// been executed.
public sealed interface RequestFailure {
  String reason();

  /// It never left: no connection could be made, or it broke before.
  record NotSent(String reason) implements RequestFailure {}

  /// It never left: too much is in flight to that address, or too many are connected there.
  record Busy(String reason) implements RequestFailure {}

  /// The other side says that it did not execute it.
  record Refused(String reason) implements RequestFailure {}

  /// It was sent, and the connection broke before an answer, or the other side failed over it.
  record Unknown(String reason) implements RequestFailure {}

  /// The deadline passed.
  ///
  /// @param sent false: it was certainly not executed
  record TimedOut(boolean sent, String reason) implements RequestFailure {}
}
