/// Text for people and for programs: the terminal, tables, sizes and times, progress, JSON. Knows
/// nothing of the engine; everything but [io.flotilla.cli.term.Terminal] and
/// [io.flotilla.cli.term.ProgressLine] is a pure function.
@NullMarked
package io.flotilla.cli.term;

import org.jspecify.annotations.NullMarked;
