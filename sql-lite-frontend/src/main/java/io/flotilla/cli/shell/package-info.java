/// What every command shares: the terminal and the way to a fleet, the options `--connect`,
/// `--timeout` and `--json`, keys as text, and errors that are one line.
///
/// Depends on [io.flotilla.cli.term] and the engine's interface; knows no command.
@NullMarked
package io.flotilla.cli.shell;

import org.jspecify.annotations.NullMarked;
