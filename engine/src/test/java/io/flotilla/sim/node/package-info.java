/// Whole fleets in one thread and virtual time: the production nodes over simulated surroundings.
///
/// [io.flotilla.sim.node.SimulatedFleet] is for everybody who wants to test code against a fleet
/// that fails as told. The rest drives such fleets at random and judges what they do: *faults*,
/// *workload*, *rules* that hold at every event, and the *verdict* at the end.
@NullMarked
package io.flotilla.sim.node;

import org.jspecify.annotations.NullMarked;
