/// `flotilla bench`: a closed loop of virtual clients against a fleet, what they saw, and what it
/// cost in CPU time over all processes.
///
/// *Driver* is this process; *nodes* are the fleet's, as far as they run on this machine.
@NullMarked
package io.flotilla.cli.bench;

import org.jspecify.annotations.NullMarked;
