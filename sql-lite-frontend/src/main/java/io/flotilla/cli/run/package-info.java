/// Running nodes: `flotilla start`, one in this process, and `flotilla demo`, several as children.
///
/// Children end with their parent, whatever ends that: they watch their standard input.
@NullMarked
package io.flotilla.cli.run;

import org.jspecify.annotations.NullMarked;
