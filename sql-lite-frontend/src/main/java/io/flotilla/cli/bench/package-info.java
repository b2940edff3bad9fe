/// `flotilla bench`: a closed loop of virtual clients against a fleet, what they saw, and what it cost
/// in CPU time over all processes.
@NullMarked
package io.flotilla.cli.bench;

import org.jspecify.annotations.NullMarked;
