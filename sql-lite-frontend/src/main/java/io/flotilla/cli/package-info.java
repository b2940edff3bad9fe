/// The command line `flotilla`: puts the commands of the sub-packages together, and turns whatever
/// goes wrong into one line and an exit code. 0: done; 1: failed; 2: the command itself was wrong.
///
/// Depends on the sub-packages; none of them depends on it.
@NullMarked
package io.flotilla.cli;

import org.jspecify.annotations.NullMarked;
