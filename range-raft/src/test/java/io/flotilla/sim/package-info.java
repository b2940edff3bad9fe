/// The simulated world: ports whose time, order and faults come from one seed.
@NullMarked
package io.flotilla.sim;

import org.jspecify.annotations.NullMarked;
