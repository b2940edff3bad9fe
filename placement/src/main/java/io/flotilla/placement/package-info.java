/// Where data should live: what is asked of the placement group and what it answers, as values,
/// with their layout on the wire.
///
/// Sees `keyspace`, `replica`, `spi` and `codec` of range-raft. Words defined here: *report* (what
/// a range's leader says of it), *step* (one observable part of an operator), *instruction* (a step
/// on its way to the store that leads the range), *policy*, *record* (what the directory knows of a
/// range).
@NullMarked
package io.flotilla.placement;

import org.jspecify.annotations.NullMarked;
