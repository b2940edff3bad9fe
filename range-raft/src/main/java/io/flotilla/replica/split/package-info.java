/// The story of a split: what it proposes, and when every replica takes it to be void.
///
/// Functions over values. May use `keyspace`, `raft` and `codec`.
@NullMarked
package io.flotilla.replica.split;

import org.jspecify.annotations.NullMarked;
