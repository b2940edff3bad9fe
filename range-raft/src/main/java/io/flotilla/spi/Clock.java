package io.flotilla.spi;

/// A store's own clocks. No two stores' clocks have to agree.
public interface Clock {
  /// Monotonic, in nanoseconds from an arbitrary origin; compare only by difference.
  long nanos();

  /// Wall clock, milliseconds since 1970; may jump. Used by the timestamp oracle alone.
  long wallMillis();
}
