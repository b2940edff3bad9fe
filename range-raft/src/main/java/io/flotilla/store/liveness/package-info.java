/// Which stores vouch for each other, and until when: the promises behind quiescent ranges.
///
/// Pure machines over numbers that are handed in; may use `keyspace` and the beat's record in
/// `spi`. Words defined here: *epoch* (of a pair of stores), *incarnation* (one life of a store),
/// *support* (a promise for a bounded time), *withdrawn* (ended for good).
@NullMarked
package io.flotilla.store.liveness;

import org.jspecify.annotations.NullMarked;
