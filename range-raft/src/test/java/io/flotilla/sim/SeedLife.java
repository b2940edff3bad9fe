package io.flotilla.sim;

/// What one seed makes happen, for [SeedRuns].
public interface SeedLife {
  /// Lives it, once.
  ///
  /// @return the digest of all that happened
  /// @throws AssertionError what is wrong
  long run();

  /// The moment it has come to, with its unit.
  String moment();

  /// The newest events in words, oldest first, a line each.
  String newest(int lines);
}
