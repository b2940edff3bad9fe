/// The simulated world: ports in memory whose faults are chosen, never met by chance.
///
/// Published in this module's test-jar. Everything here is deterministic and confined to one
/// thread.
@NullMarked
package io.flotilla.sim;

import org.jspecify.annotations.NullMarked;
