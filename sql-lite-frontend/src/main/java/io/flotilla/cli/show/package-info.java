/// What the fleet looks like, and the few operations on it: `flotilla status`, `store …`, `range
/// …`.
///
/// Everything is asked of [io.flotilla.engine.admin.Fleet]; this package only words it.
@NullMarked
package io.flotilla.cli.show;

import org.jspecify.annotations.NullMarked;
