/// The public API that an application sees, and nothing else: [io.flotilla.engine.Engine], what it
/// takes and returns, and its few typed errors.
///
/// May use `keyspace` and `engine.admin`. Words defined here: *engine*, *snapshot* (a moment to
/// read at), *cursor*, *batch*.
@NullMarked
package io.flotilla.engine;

import org.jspecify.annotations.NullMarked;
