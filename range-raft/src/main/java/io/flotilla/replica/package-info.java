/// One range's copy on a store: the consensus core plus the commands that every replica applies.
///
/// Each operation tells its whole story in its own package (`lease`, `split`, `snapshot`), as
/// functions over values. May use `keyspace`, `raft`, `spi` and `codec`. Words defined here:
/// *proposal*, *command*, *effect*, *refusal*, *range machine* (what evaluates requests on the
/// leaseholder).
@NullMarked
package io.flotilla.replica;

import org.jspecify.annotations.NullMarked;
