/// Running nodes: `flotilla start`, one in this process; `flotilla demo`, several as children; and
/// `flotilla train`, several whose JVM is to learn from it.
///
/// Children end with their parent, whatever ends that: they watch their standard input.
@NullMarked
package io.flotilla.cli.run;

import org.jspecify.annotations.NullMarked;
