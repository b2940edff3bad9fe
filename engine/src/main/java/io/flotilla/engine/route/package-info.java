/// From a key to the leaseholder of its range and back with an answer: the client's side of every
/// call.
///
/// The same code serves a remote client and an embedded node; they differ in the ports they hand
/// in: [StoreChannel], [RangeLookup], [SnapshotSource]. May use `keyspace`, `spi`, `replica`'s
/// refusals, and the requests and replies of `engine.mvcc`. Words defined here: *route* (a range's
/// descriptor and who is believed to lead it), *call*.
@NullMarked
package io.flotilla.engine.route;

import org.jspecify.annotations.NullMarked;
