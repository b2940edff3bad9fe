/// The command line: one command `flotilla` with its sub-commands.
///
/// May use the engine's public packages only. Reads arguments, calls, prints: every decision about
/// data belongs below.
@NullMarked
package io.flotilla.cli;

import org.jspecify.annotations.NullMarked;
