/// What clients do to a fleet while it fails, and what must be true of what they saw.
///
/// The same for simulated fleets and for fleets of real processes: everything around it is behind
/// [Surroundings]. Words: a *snapshot read* is several keys read as of one moment of the oracle;
/// the *versions* are what the stores applied, as far as somebody looked.
@NullMarked
package io.flotilla.sim.clients;

import org.jspecify.annotations.NullMarked;
