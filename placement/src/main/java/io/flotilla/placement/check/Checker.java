package io.flotilla.placement.check;

import io.flotilla.placement.RangeReport;

/// Looks at one range and says what should be done about it, if anything. A function: the same
/// arguments give the same answer.
///
/// The range has a leader, is not in a joint configuration, and has no operator under way.
@FunctionalInterface
public interface Checker {
  Finding check(ClusterView view, RangeReport range);
}
