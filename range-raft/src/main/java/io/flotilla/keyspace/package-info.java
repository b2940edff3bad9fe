/// The vocabulary of Flotilla as immutable values: keys, spans, ids, replica and range descriptors.
///
/// This package is the floor of the house: it depends on the JDK alone, and every other package may
/// use it. Words defined here: *key*, *span*, *range*, *replica*, *store*, *peer*, *descriptor*,
/// *generation*, *timestamp*.
@NullMarked
package io.flotilla.keyspace;

import org.jspecify.annotations.NullMarked;
