/// A fleet in memory for tests of the command line, behind the same public interface as a real one,
/// and a terminal that remembers what was printed. Calls can be made to fail.
///
/// Answers come at once, on the caller's thread.
@NullMarked
package io.flotilla.cli.fake;

import org.jspecify.annotations.NullMarked;
