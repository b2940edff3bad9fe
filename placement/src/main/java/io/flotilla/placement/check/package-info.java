/// Decisions: pure functions from a [io.flotilla.placement.check.ClusterView] and one range to an
/// operator.
///
/// No clock, no memory of last time, no network: the same code runs in a simulation of thousands of
/// stores. Sees the values of `placement`. Words defined here: *view*, *checker* (what repairs),
/// *operator* (a plan for one range, in steps).
@NullMarked
package io.flotilla.placement.check;

import org.jspecify.annotations.NullMarked;
