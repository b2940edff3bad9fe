/// The public API that an application sees, and nothing else: [io.flotilla.engine.Engine], what it
/// takes and returns, and its few typed errors.
@NullMarked
package io.flotilla.engine;

import org.jspecify.annotations.NullMarked;
