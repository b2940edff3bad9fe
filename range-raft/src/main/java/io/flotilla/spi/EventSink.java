package io.flotilla.spi;

/// Where a store tells what happened, for logs, metrics, and the trace of a simulation. Never
/// blocks, never throws.
public interface EventSink {
  /// Drops everything.
  EventSink NONE = event -> {};

  void emit(Event event);

  /// Something that happened. Packages define their own events as records; `toString` is one line
  /// for people.
  interface Event {}
}
