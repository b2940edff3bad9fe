/// Running nodes: `flotilla start`, one in this process, and `flotilla demo`, several as children.
@NullMarked
package io.flotilla.cli.run;

import org.jspecify.annotations.NullMarked;
