/// When a leader may serve reads without asking anybody, and how it knows.
///
/// Pure machines over numbers that are handed in; depends on the JDK alone. Words defined here:
/// *lease*, *round* (as the core numbers its waves of beats), *pause*.
@NullMarked
package io.flotilla.replica.lease;

import org.jspecify.annotations.NullMarked;
