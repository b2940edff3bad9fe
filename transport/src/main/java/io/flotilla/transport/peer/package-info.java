/// Lanes between stores: what all groups say to a peer store in one frame a flush, and snapshots
/// beside it.
///
/// May use the frames, the loops, `spi` and `codec`. Words defined here: *link* (one lane's
/// connection to one peer store), *outbox* (what waits for it).
@NullMarked
package io.flotilla.transport.peer;

import org.jspecify.annotations.NullMarked;
