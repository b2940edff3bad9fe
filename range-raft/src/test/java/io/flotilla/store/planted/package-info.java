/// Bugs planted on purpose, to see that the simulation can fail.
///
/// Each is an edit of one production source, compiled apart and loaded in front of the real
/// classes. Words defined here: *planted bug*.
@NullMarked
package io.flotilla.store.planted;

import org.jspecify.annotations.NullMarked;
