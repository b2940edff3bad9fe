package io.flotilla.placement;

/// Why the last operator of a range came to nothing, for people and for whoever waits for it.
///
/// @param step the one that failed, as it was planned
public record RangeProblem(String step, String reason) {
  @Override
  public String toString() {
    return step + ": " + reason;
  }
}
