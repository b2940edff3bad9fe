/// Fleets of real processes on real disks, the faults of a seed, and the same clients and the same
/// judgement as in the simulation: `.ci/torture`, docs/simulation.md.
///
/// A seed fixes which faults are drawn and what clients ask; when they meet is up to the machine.
/// Linux only: processes are stopped by signals, and callers are known by `/proc`.
@NullMarked
package io.flotilla.sim.process;

import org.jspecify.annotations.NullMarked;
