/// What the fleet looks like, and the few operations on it: `flotilla status`, `store …`, `range …`.
@NullMarked
package io.flotilla.cli.show;

import org.jspecify.annotations.NullMarked;
