/// The timestamp oracle's arithmetic: windows, draws, and what to make of a clock that jumps.
///
/// Machines without ports: wall clock and monotonic time come in as arguments, the bound to commit
/// goes out as a value. Words defined here: *window* (timestamps that may be given out because a
/// bound above them is committed), *bound*, *draw*.
@NullMarked
package io.flotilla.placement.oracle;

import org.jspecify.annotations.NullMarked;
